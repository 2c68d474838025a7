"""The window of a resource: what requests ask for, and which rows are outside it."""
