"""What the containers that ilastik reads and writes have in common: HDF5 and N5."""
