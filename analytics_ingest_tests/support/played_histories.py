"""Plays histories of loads: one alone, or several beside each other in the loads of one API.

A history is a generator. It yields each load that it needs and asserts in between what is stored.
Several together need as many loads as the longest one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.common.errors import LoadError
from analytics_ingest_tests.support.loads import API, declare, load, table
from analytics_ingest_tests.support.scripted_api import Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import drop_table


@dataclass(frozen=True)
class Load:
    """A load that a history needs."""

    resources: Sequence[dict[str, Any]]
    errors: Mapping[str, str] = field(default_factory=dict)
    """Each resource that must fail, and a pattern that its error matches."""


@dataclass(frozen=True)
class Place:
    """Where a history takes place; its prefix keeps its names apart from those of others."""

    api: ScriptedApi
    prefix: str

    def name(self, name: str) -> str:
        """The name of a resource, its path and its table."""
        return f"{self.prefix}{name}"

    def on(self, name: str, script: Script) -> None:
        """Let a function answer the requests of a resource."""
        self.api.on(f"/{self.name(name)}", script)

    def always(self, name: str, body: Any) -> None:
        """Give the same answer to every request of a resource."""
        self.api.always(f"/{self.name(name)}", body)

    def table(self, name: str, *columns: str) -> list[Any]:
        """The rows of a table."""
        return table(self.name(name), *columns)

    def drop(self, name: str) -> None:
        """Drop a table by hand."""
        drop_table(API, self.name(name))


History = Callable[[Place], Iterator[Load]]


def play(history: History, api: ScriptedApi) -> None:
    """Play a history alone."""
    for due in history(Place(api, "")):
        _load([due])


def play_together(histories: Mapping[str, History], api: ScriptedApi) -> dict[str, AssertionError]:
    """Play histories beside each other, and return the error of each that did not end well."""
    under_way = {
        name: history(Place(api, f"h{number}_"))
        for number, (name, history) in enumerate(histories.items())
    }
    errors: dict[str, AssertionError] = {}
    while under_way:
        due: dict[str, Load] = {}
        for name, history in under_way.items():
            try:
                following = next(history, None)
            except AssertionError as error:
                errors[name] = error
                continue
            if following:
                due[name] = following
        under_way = {name: under_way[name] for name in due}
        if due:
            _load(list(due.values()))
    return errors


def _load(due: Sequence[Load]) -> None:
    """Load what some histories need, and compare the resources that fail."""
    resources = [resource for one in due for resource in one.resources]
    errors = {name: text for one in due for name, text in one.errors.items()}
    message = ""
    try:
        load(declare(*resources))
    except LoadError as error:
        message = str(error)
    failed = {r["name"] for r in resources if re.search(rf"\b{API}\.{r['name']}\b", message)}
    assert failed == set(errors), message
    for name, text in errors.items():
        assert re.search(rf"\b{API}\.{name}\b.*{text}", message), message
