"""Tests of the component: by Dagster's own commands in a copy of the project, and in process."""
