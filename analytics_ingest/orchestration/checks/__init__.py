"""Asset checks of a resource: their specs (`specs`), and the judgements that decide them.

A judgement takes counts and gives one sentence with numbers; only `results` knows Dagster.
"""
