"""Lakes: Delta and Iceberg tables, which are files."""
