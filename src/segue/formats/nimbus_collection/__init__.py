"""Configurations of collections of NimbusImage."""
