"""When and whether an API is loaded: a declaration → Dagster assets, whose step runs `loading`.

dlt and dagster_dlt are imported inside the step only, so that definitions load fast.
"""
