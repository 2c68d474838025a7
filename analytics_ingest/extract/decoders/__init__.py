"""Bodies that are not plain JSON: compressed, CSV, XML, or a row a line."""
