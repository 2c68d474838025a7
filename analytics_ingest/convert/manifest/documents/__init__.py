"""Blocks of manifests inside documents."""
