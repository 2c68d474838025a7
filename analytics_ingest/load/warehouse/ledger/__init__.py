"""This project's own tables of a dataset: what was loaded, when and by which part."""
