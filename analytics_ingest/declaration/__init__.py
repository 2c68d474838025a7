"""The declaration of an API: its blocks as they are written (`models`), and its resolved form.

A `defs.yaml` is validated as `models.api.Api`. `resolve` translates Airbyte's keys (`airbyte`),
merges the defaults and finds the parents; `validation` refuses what cannot work. Everything else in
the project reads the resolved form (`resolved`) only. `entries` makes resources of an API's own
listing, and `reference` writes the reference of all keys.
"""
