"""Lakes: Delta and Iceberg tables in files."""
