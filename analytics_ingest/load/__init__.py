"""Pages of rows -> tables, with dlt; knows no Dagster."""
