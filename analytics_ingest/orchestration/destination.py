"""Which destination the warehouse is, as far as definitions need it: without importing dlt."""

import os
from pathlib import Path

import tomlkit

DEFAULT = "duckdb"


def configured_destination_type(project_root: Path) -> str:
    """The warehouse's type, from the environment or the files in `.dlt`; shown as a kind."""
    if found := os.environ.get("DESTINATION__WAREHOUSE__DESTINATION_TYPE"):
        return found
    for name in ("secrets.toml", "config.toml"):
        path = project_root / ".dlt" / name
        settings = tomlkit.parse(path.read_text()).unwrap() if path.exists() else {}
        warehouse = settings.get("destination", {}).get("warehouse", {})
        if found := warehouse.get("destination_type"):
            return str(found)
    return DEFAULT
