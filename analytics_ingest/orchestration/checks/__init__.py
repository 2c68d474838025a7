"""The asset checks of a resource: one file for each check.

A check takes a table's profile, or what the event log knows of its loads, and returns an outcome.
Only `specs` and `resource_checks` know Dagster.
"""
