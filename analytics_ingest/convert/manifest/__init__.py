"""Converts Airbyte's low-code manifests: each stream becomes a resource, or is skipped by name.

`components` reads the language: references, parameters and expressions. `catalog` lists the
streams, and `streams` converts each: its `requests`, `auth`, `paging`, `cursors` and `rows`.
`manifest` puts them together, with what they share. `documents` reads the blocks of manifests that
documents hold.
"""
