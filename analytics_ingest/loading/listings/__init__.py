"""How the listings of an API are read: from a declaration and a window to pages of rows."""
