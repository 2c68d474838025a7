"""How rows change, as the prose says."""
