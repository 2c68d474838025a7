"""Snapshots that keep each version of a row, compared with a model of what was listed when."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, load, resource
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

Listing = Mapping[Any, Any]
"""Key → value; a key that is None is one that cannot be stored."""

SCD2 = {"disposition": "merge", "strategy": "scd2"}


def history(name: str = "items", **own: Any) -> dict[str, Any]:
    """A snapshot that keeps a history."""
    return resource(name, own={"write_disposition": SCD2, **own}, incremental=None)


def versions(table: str = "items") -> list[tuple[Any, ...]]:
    """Each version of each row: key, value, and whether it is retired; the oldest first."""
    columns = "id, value, _dlt_valid_to IS NOT NULL"
    return ask(f"SELECT {columns} FROM demo.{table} ORDER BY id, _dlt_valid_from, value").rows


class Model:
    """The versions that a table should hold."""

    def __init__(self) -> None:
        self._order: dict[Any, list[list[Any]]] = {}

    def load(self, listing: Listing) -> None:
        """Take in one listing that was loaded."""
        rows = {key: value for key, value in listing.items() if key is not None}
        for key, versions_of_key in self._order.items():
            current = versions_of_key[-1]
            is_absent = key not in rows and rows and None not in listing
            if not current[1] and (is_absent or (key in rows and rows[key] != current[0])):
                current[1] = True
        for key, value in rows.items():
            versions_of_key = self._order.setdefault(key, [])
            if not versions_of_key or versions_of_key[-1][1]:
                versions_of_key.append([value, False])

    @property
    def versions(self) -> list[tuple[Any, ...]]:
        """As `versions` of the table gives them."""
        return [
            (key, value, is_retired)
            for key in sorted(self._order)
            for value, is_retired in self._order[key]
        ]


LISTINGS: Sequence[Listing] = [
    {1: "a", 2: "b", 3: None},
    {1: "a", 2: "changed"},
    {1: "a", 2: "b", 3: "back"},
    {None: "rejected", 1: "new"},
    {1: "new", 4: "d"},
    {},
    {1: "a"},
]
"""Changed, gone and returned rows; the listing with a rejected row may lack others."""


def check_histories(api: ScriptedApi) -> None:
    """Load one listing after the other, the first ones twice, and compare with the model."""
    declaration = declare(history(allow_empty=True))
    model = Model()
    for listing in LISTINGS:
        served = [{"value": value, "id": key} for key, value in listing.items()]
        # The order of fields and rows changes nothing, nor does a field that is null.
        again = [{"id": row["id"], "value": row["value"], "new": None} for row in served]
        api.in_turn("/items", [{"data": served}, {"data": again[::-1]}])
        for _ in range(2 if 2 in listing else 1):
            load(declaration)
            model.load(listing)
            assert versions() == model.versions, listing
    check_validity()
    check_failures(api, declaration)


def check_validity() -> None:
    """Check that the versions of a row follow one another, and one at most is active."""
    assert ask(
        "SELECT count(*) FROM demo.items AS a JOIN demo.items AS b ON a.id = b.id "
        "AND a._dlt_id <> b._dlt_id AND a._dlt_valid_from <= b._dlt_valid_from "
        "AND (a._dlt_valid_to IS NULL OR a._dlt_valid_to > b._dlt_valid_from)"
    ).rows == [(0,)]


def check_failures(api: ScriptedApi, declaration: ApiDeclaration) -> None:
    """Check that a listing that fails, or holds two versions of a row, changes nothing."""
    before = versions()
    twice = {"data": [{"id": 1, "value": "x"}, {"id": 1, "value": "y"}]}
    api.in_turn("/items", [Reply(status=403), twice])
    for _ in range(2):
        with suppress(LoadError):
            load(declaration)
    assert versions() == before
