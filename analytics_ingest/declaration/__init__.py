"""The declaration of an API: its vocabulary (`model`) and its resolved form (`declaration`).

A `defs.yaml` is parsed into `model.Api`; `declaration.resolve` merges the defaults, binds parents
and refuses what cannot work. Everything else in the project reads the resolved form only.
"""
