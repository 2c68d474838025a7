"""Converts Airbyte's low-code manifests: each stream becomes a resource, or is left out by name."""
