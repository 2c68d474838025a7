"""How an API is loaded: a resolved declaration and a window go in, a loaded dlt pipeline comes out.

load → source (dlt resources) → listings (which page to ask for next) → http (signed, paced,
retried) within the limits of all runs → rows (of the window, with a key) → warehouse.
Never Dagster.
"""
