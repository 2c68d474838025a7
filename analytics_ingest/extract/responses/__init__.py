"""What a response holds: rows, none, an error in their place, or something in doubt."""
