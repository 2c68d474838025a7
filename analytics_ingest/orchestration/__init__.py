"""When and what to load: a declaration → Dagster assets, whose step runs the load.

Only the step imports dlt and dagster_dlt, so that definitions load fast.
"""
