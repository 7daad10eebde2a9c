"""The demo: a small study, converted to every format and back."""
