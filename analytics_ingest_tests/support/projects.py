"""The shipped declarations, the sample API that answers them, and what is in the warehouse."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from analytics_ingest import DEFS
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.server import SampleServer
from analytics_ingest_tests.support.warehouses import reading
from analytics_ingest_tests.support.yaml_text import read_yaml

APIS = ["commerce", "content_library", "product_adoption", "project_tracking", "status_pages"]
"""Those that are shipped; a team adds its own beside them."""
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
    attributes = _parsed(DEFS / api / "defs.yaml")["attributes"]
    schema = _parsed(DEFS / api / "schema.yaml")
    return resolve(api, Api.model_validate({**attributes, **changes}), schema)


@cache
def _parsed(path: Path) -> dict[str, Any]:
    return read_yaml(path.read_text())


def table(name: str, warehouse: Path = WAREHOUSE) -> list[dict[str, Any]]:
    """All rows of a table, as dicts."""
    with reading(warehouse) as connection:
        cursor = connection.execute(f"select * from {name}")
        columns = [column[0] for column in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def tables(dataset: str, warehouse: Path = WAREHOUSE) -> set[str]:
    """Names of the tables of a dataset, except dlt's own and `_runs`."""
    with reading(warehouse) as connection:
        rows = connection.execute(
            "select table_name from information_schema.tables where table_schema = ?", [dataset]
        ).fetchall()
    return {name for (name,) in rows if not name.startswith(("_dlt", "_runs"))}


def by_key(rows: list[Mapping[str, Any]], key: str = "id") -> dict[Any, Mapping[str, Any]]:
    """Rows by their primary key."""
    return {row[key]: row for row in rows}
