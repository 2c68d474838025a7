"""The texts and values of a request, from the declaration, settings and rows of parents."""
