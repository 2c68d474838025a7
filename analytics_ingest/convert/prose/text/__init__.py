"""The text of a document: its passages, sentences and clauses, and the names in them."""
