"""The declaration as pydantic models, one file a block."""
