"""The shipped declarations, the sample API that answers them, and what is in the warehouse."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

import analytics_ingest
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import ApiDeclaration, resolve
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import SampleServer

DEFS = Path(analytics_ingest.__file__).parent / "defs"
APIS = sorted(path.parent.name for path in DEFS.glob("*/defs.yaml"))
WAREHOUSE = Path("data") / "warehouse.duckdb"


@dataclass(frozen=True)
class Sample:
    """A served sample API, and the rows that it holds."""

    data: SampleData
    server: SampleServer

    def paths_asked(self, api: str) -> list[str]:
        """The paths asked of one API, in order."""
        prefix = f"/{api}"
        return [e["path"] for e in self.server.requests if e["path"].startswith(prefix)]


def shipped(api: str, **changes: Any) -> ApiDeclaration:
    """The declaration of a shipped API, with some of its keys replaced."""
    folder = DEFS / api
    attributes = yaml.safe_load((folder / "defs.yaml").read_text())["attributes"]
    schema = yaml.safe_load((folder / "schema.yaml").read_text())
    return resolve(api, Api.model_validate({**attributes, **changes}), schema)


def table(name: str, warehouse: Path = WAREHOUSE) -> list[dict[str, Any]]:
    """All rows of a table, as dicts."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        cursor = connection.execute(f"select * from {name}")
        columns = [column[0] for column in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def tables(dataset: str, warehouse: Path = WAREHOUSE) -> set[str]:
    """Names of the tables of a dataset, dlt's own left out."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [dataset]
        ).fetchall()
    return {name for (name,) in found if not name.startswith("_dlt")}


def by_key(rows: list[Mapping[str, Any]], key: str = "id") -> dict[Any, Mapping[str, Any]]:
    """Rows by their primary key."""
    return {row[key]: row for row in rows}
