"""Pixels on their way into a file: cut out, put into another range and number type, their axes in another order."""
