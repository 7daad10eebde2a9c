"""Tracking tables of ilastik."""
