"""The command `status`: declarations and Dagster's history → what is loaded, late or failing.

`read` asks Dagster's instance, `report` prints. Neither opens the warehouse, which a run may hold.
"""
