"""How an API is loaded: a resolved declaration and a window go in, a loaded dlt pipeline comes out.

settings → client (auth, retry) → listing (paginator, selector) → reading (what to ask next)
→ rows (window, rejects) → source (dlt resources) → pipeline (warehouse, locks). Never Dagster.
"""
