"""Gives each row of a history the hash of its values, by which dlt knows whether it has changed.

dlt would store a row twice that a listing holds twice, so repeated rows are dropped. Two versions
of one row in a listing fail the resource: nothing says which is the newer.
"""

import hashlib
from typing import Any

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.rows.json_text import to_json

VERSION_COLUMN = "_dlt_row_version"


class RowVersions:
    """The versions in one listing.

    It keeps 16 bytes of each key and of each version, about 100 MB for a million rows.
    """

    def __init__(self, resource: ResourceDeclaration) -> None:
        self._place = f"{resource.api}.{resource.name}"
        self._primary_key = resource.primary_key
        self._versions: dict[bytes, bytes] = {}
        self._repeated = self._conflicts = 0

    def take_new(self, rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
        """Return the rows that the listing has not had before, each with its version."""
        new: list[tuple[dict[str, Any], str]] = []
        for row in rows:
            # Without nulls: a field that is new and null in all rows changes none of them.
            version = _compute_digest(
                {name: value for name, value in row.items() if value is not None}
            )
            key = _compute_digest([row.get(name) for name in self._primary_key])
            if key not in self._versions:
                self._versions[key] = version
                new.append((row, version.hex()))
            elif self._versions[key] == version:
                self._repeated += 1
            else:
                self._conflicts += 1
        return new

    def list_warnings(self) -> list[str]:
        """Return what says that rows may have moved between the pages while they were read."""
        return [f"{self._repeated} rows came more than once"] if self._repeated else []

    def find_problem(self) -> str | None:
        """Return why the listing is not usable: it holds several versions of a row."""
        if not self._conflicts:
            return None
        key = ", ".join(self._primary_key)
        return (
            f"{self._place}: {self._conflicts} rows came twice with different values, so nothing "
            f"says which version is the newer; load it again. If it happens each time, check "
            f"whether primary_key ({key}) identifies a row"
        )


def _compute_digest(value: Any) -> bytes:
    return hashlib.blake2b(to_json(value).encode(), digest_size=16).digest()
