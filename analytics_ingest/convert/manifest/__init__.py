"""Converts Airbyte's low-code manifests: each stream becomes a resource, or is skipped by name."""
