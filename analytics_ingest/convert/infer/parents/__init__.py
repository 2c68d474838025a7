"""What fills the placeholders of requests: a parent's rows, settings, lists of values."""
