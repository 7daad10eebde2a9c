"""Tables of objects: CSV, TSV, Parquet, XLSX."""
