"""Tables of NimbusImage (CSV and TSV): what its files of tables share, alone and in archives."""
