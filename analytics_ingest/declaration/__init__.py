"""The declaration of an API: its blocks as they are written (`models`), and its resolved form.

A `defs.yaml` is validated as `models.api.Api`; `resolve` merges the defaults, finds the parents and
refuses what cannot work. Everything else in the project reads the resolved form (`resolved`) only.
"""
