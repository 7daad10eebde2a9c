"""Object tables of ilastik."""
