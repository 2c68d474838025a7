"""Cases of one resource: how it is declared, what serves it, and the rows that are then loaded.

Each server answers only what the declaration makes a client send; anything else is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

ROWS = rows(5)
ALL = {"data": ROWS}
TWO_PARENTS = {
    "/parents": {"data": [row(1, slug="x"), row(2, slug="y")]},
    "/parents/x/items": {"data": ROWS[:2]},
    "/parents/y/items": {"data": ROWS[2:]},
}
RESOLVE = {"parent": {"type": "resolve", "resource": "parents", "field": "slug"}}


@dataclass(frozen=True)
class Case:
    """A resource `items`, a server of it, and the ids of the rows that are loaded."""

    endpoint: Mapping[str, Any] = field(default_factory=dict)
    serve: Mapping[str, Any] = field(default_factory=lambda: {"/items": ALL})
    """Path → its answer, or the script that answers."""
    own: Mapping[str, Any] = field(default_factory=dict)
    client: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    window: Window = EVERYTHING
    expected: tuple[Any, ...] = (1, 2, 3, 4, 5)

    def check(self, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
        """Serve it, load it into a DuckDB file, and look into the table."""
        # Token servers have an address of their own, not at a path of the API.
        settings = {"tokens": f"{api.url}/token", **self.settings}
        for setting, value in settings.items():
            monkeypatch.setenv(f"SOURCES__DEMO__{setting.upper()}", value)
        for path, answer in self.serve.items():
            api.on(path, answer if callable(answer) else lambda _, given=answer: given)
        parents = [resource("parents")] if "/parents" in self.serve else []
        items = resource(own=self.own, **self.endpoint)
        load(declare(*parents, items, client=self.client), window=self.window)
        assert tuple(table("items")) == self.expected


def only(is_right: Any, answer: Any = ALL) -> Script:
    """Answer requests of which a function is true, by a body or a script; refuse all others."""

    def script(asked: Asked) -> Any:
        if not is_right(asked):
            return Reply({"error": "refused"}, 400)
        return answer(asked) if callable(answer) else answer

    return script


def asked_with(query: Mapping[str, str], answer: Any = ALL) -> Script:
    """Answer requests that have just this query."""
    return only(lambda asked: asked.query == query, answer)


def asked_for(answer: Any, *names: str) -> Script:
    """Answer requests whose query has just these names."""
    return only(lambda asked: set(asked.query) == set(names), answer)
