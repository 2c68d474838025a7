"""Launches runs in processes forked from a warm one: `run_launcher` in dagster.yaml names it."""

from analytics_ingest.orchestration.launcher.run_launcher import WarmRunLauncher as WarmRunLauncher
