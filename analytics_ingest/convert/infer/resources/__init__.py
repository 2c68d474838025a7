"""Resources that the prose adds, and their keys."""
