"""What a stream reads of responses: rows, keys, types, errors."""
