"""Long loads in parts: each is a load of its own."""
