"""Airbyte's low-code keys and their translation into this project's own."""
