"""Finds the tests that `make test-fast` skips, from what their code calls: nobody marks them.

A test is slow if its code, a fixture or a helper of theirs starts a process (a command, a server,
a browser), runs a job of Dagster, or loads into a warehouse; or if time is what it is about.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from inspect import isclass, isfunction
from itertools import chain
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

FOLDERS = {"destinations", "end_to_end", "load"}
FILES = {"test_all_resources.py", "test_costly_expressions.py", "test_hostile_documents.py"}
"""All of their tests load, or take as long as they may, whatever they call."""

SLOW = (
    "multiprocessing",
    "selenium",
    "subprocess",
    "analytics_ingest.definitions",
    "analytics_ingest.orchestration.assets",
)
"""Modules that start a process, or hold what a job runs."""

SLOW_NAMES = {"execute_in_process", "DagsterInstance", "run_options"}
"""What code names that runs a job or a load, wherever it comes from."""

_SLOW_PREFIXES = tuple(f"{name}." for name in SLOW)
_TESTS = Path(__file__).parents[1]
_PACKAGE = _TESTS.name
_TABLES = {dict, list, tuple}
_PLAIN = {bool, bytes, float, int, str, type(None)}
_MOST_CASES = 1_000
"""A longer table holds rows to serve, not cases."""


@cache
def is_slow_alone(path: Path) -> bool:
    """Whether a file or folder holds slow tests alone."""
    return path.name in FILES or not FOLDERS.isdisjoint(path.relative_to(_TESTS).parts)


def find_slow(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests that start a process, run a job or load into a warehouse."""
    functions = {item: _functions(item) for item in items if isinstance(item, pytest.Function)}
    slow = _users_of_something_slow(chain.from_iterable(functions.values()))
    return [
        item
        for item, used in functions.items()
        if is_slow_alone(item.path) or not slow.isdisjoint(map(id, used))
    ]


def _functions(item: pytest.Function) -> list[Any]:
    """A test's own function and its fixtures'."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return [item.function, *(fixture.func for fixture in chain.from_iterable(fixtures))]


def _users_of_something_slow(roots: Iterable[Any]) -> set[int]:
    """The ids of what uses something slow, directly or by helpers of the tests."""
    users: dict[int, list[int]] = {}
    seen: dict[int, Any] = {}
    waiting, slow = list(roots), []
    while waiting:
        used = waiting.pop()
        if id(used) in seen:
            continue
        seen[id(used)] = used  # kept, so that its id stays its own
        if _is_slow_itself(used):
            slow.append(id(used))
        elif _module(used).startswith(_PACKAGE) or type(used) in _TABLES:
            for value in _used_by(used):
                users.setdefault(id(value), []).append(id(used))
                waiting.append(value)
    return _reach(slow, users)


def _reach(starts: list[int], edges: Mapping[int, list[int]]) -> set[int]:
    reached: set[int] = set()
    while starts:
        if (start := starts.pop()) not in reached:
            reached.add(start)
            starts.extend(edges.get(start, ()))
    return reached


def _is_slow_itself(value: Any) -> bool:
    return f"{_module(value)}.".startswith(_SLOW_PREFIXES) or (
        isfunction(value) and not SLOW_NAMES.isdisjoint(_names(value.__code__))
    )


def _module(value: Any) -> str:
    return str(getattr(value, "__module__", None) or getattr(value, "__name__", ""))


def _used_by(value: Any) -> Iterator[Any]:
    """The globals that a function names, the methods of a class, the items of a table of cases."""
    if type(value) in _TABLES:
        if len(value) <= _MOST_CASES:
            values = value.values() if isinstance(value, dict) else value
            yield from (value for value in values if type(value) not in _PLAIN)
    elif isclass(value):
        members = [getattr(member, "__func__", member) for member in vars(value).values()]
        yield from filter(isfunction, members)
    elif isinstance(function := getattr(value, "__wrapped__", value), FunctionType):
        names = _names(function.__code__)
        yield from (function.__globals__[n] for n in names if n in function.__globals__)
    else:
        yield type(value)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
