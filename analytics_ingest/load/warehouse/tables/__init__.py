"""Tables as they are declared, and as they are stored."""
