"""`processing_steps`: the rows of a page as the API sent them → the rows to load."""
