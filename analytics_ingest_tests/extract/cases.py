"""Cases of one resource: how it is declared, what serves it, and the rows that are then loaded.

Each server answers only what the declaration makes a client send; anything else is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Hub, Reply, Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import NoSuchTable

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
        self.set({"tokens": f"{api.url}/token"}, monkeypatch)
        self.answer(api)
        load(declare(*self.resources(), client=self.client), window=self.window)
        assert tuple(table("items")) == self.expected

    def set(self, others: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        """Set its settings and some others."""
        for setting, value in {**others, **self.settings}.items():
            monkeypatch.setenv(f"SOURCES__DEMO__{setting.upper()}", value)

    def answer(self, api: ScriptedApi) -> None:
        """Serve it."""
        for path, answer in self.serve.items():
            api.on(path, answer if callable(answer) else lambda _, given=answer: given)

    def resources(self, base: str = "", suffix: str = "") -> list[dict[str, Any]]:
        """Its resources, below a path, with a suffix to their names."""
        parents = [resource("parents")] if "/parents" in self.serve else []
        declared = [*parents, resource(own=self.own, **self.endpoint)]
        for each in declared:
            each["endpoint"] = {**each["endpoint"], "path": base + each["endpoint"]["path"]}
            each["name"] += suffix
        return [_with_parents(each, f"parents{suffix}") for each in declared]


def _with_parents(value: Any, name: str) -> Any:
    """A declaration whose parents have another name."""
    if isinstance(value, Mapping):
        return {key: _with_parents(inner, name) for key, inner in value.items()}
    return name if value == "parents" else value


def load_together(
    cases: Mapping[str, Case], hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Load cases with one client, all of one window at once, and look into the table of each.

    Returns:
        Case → the ids of its rows, or the error of a load without its table.
    """
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", hub.url)
    error, loaded = "", dict[str, Any]()
    for window in {case.window for case in cases.values()}:
        declared: list[dict[str, Any]] = []
        for number, case in enumerate(cases.values()):
            if case.window == window:
                api = hub.new_api()
                case.set({}, monkeypatch)
                case.answer(api)
                declared += case.resources(api.url.removeprefix(hub.url), f"_{number}")
        try:
            load(declare(*declared), window=window)
        except LoadError as raised:
            error += str(raised)
    for number, name in enumerate(cases):
        try:
            loaded[name] = tuple(table(f"items_{number}"))
        except NoSuchTable:
            loaded[name] = error
    return loaded


def expected(cases: Mapping[str, Case]) -> dict[str, Any]:
    """Case → the ids of the rows that it must load."""
    return {name: case.expected for name, case in cases.items()}


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
