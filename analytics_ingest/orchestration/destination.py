"""Which destination the warehouse is, as far as definitions need it: without importing dlt."""

import os
from pathlib import Path

import tomlkit

DEFAULT = "duckdb"


def configured_destination_type(project_root: Path) -> str:
    """The warehouse's type, from the environment or `.dlt/config.toml`; shown as a kind."""
    if found := os.environ.get("DESTINATION__WAREHOUSE__DESTINATION_TYPE"):
        return found
    path = project_root / ".dlt" / "config.toml"
    settings = tomlkit.parse(path.read_text()).unwrap() if path.exists() else {}
    warehouse = settings.get("destination", {}).get("warehouse", {})
    return str(warehouse.get("destination_type", DEFAULT))
