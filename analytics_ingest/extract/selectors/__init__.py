"""Where the body of a response holds the rows."""
