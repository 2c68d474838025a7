"""Finds the tests that `make test-fast` skips, from what their code calls: nobody marks them.

A test is slow if its code, a fixture or a helper of theirs starts a process (a command, a server,
a browser), runs a job of Dagster, or loads into a warehouse.
"""

from collections.abc import Iterator
from functools import cache
from inspect import isclass, isfunction
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import load

FOLDERS = {"destinations", "end_to_end", "load"}
FILES = {"test_all_resources.py"}
"""All of their tests load, whatever they call."""

SLOW = (
    "multiprocessing",
    "selenium",
    "subprocess",
    "analytics_ingest.definitions",
    "analytics_ingest.orchestration.assets",
)
"""Modules that start a process, or hold what a job runs."""

SLOW_NAMES = {"execute_in_process", "DagsterInstance"}
"""What code names that runs a job, wherever it comes from."""

_TESTS = Path(__file__).parents[1]
_TABLES = (dict, list, tuple)


def is_slow(item: pytest.Item) -> bool:
    """Whether a test starts a process, runs a job or loads into a warehouse."""
    if not isinstance(item, pytest.Function):
        return False
    fixtures = [
        definition.func
        for definitions in item._fixtureinfo.name2fixturedefs.values()
        for definition in definitions
    ]
    is_listed = item.path.name in FILES or bool(FOLDERS & set(item.path.relative_to(_TESTS).parts))
    return is_listed or any(map(_calls_something_slow, [item.function, *fixtures]))


@cache
def _calls_something_slow(value: Any) -> bool:
    """Whether a function or class uses something slow, directly or by helpers of the tests."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        used = waiting.pop()
        module = str(getattr(used, "__module__", None) or getattr(used, "__name__", ""))
        if used is load or f"{module}.".startswith(tuple(f"{name}." for name in SLOW)):
            return True
        if isfunction(used) and SLOW_NAMES & set(_names(used.__code__)):
            return True
        if (module.startswith(_TESTS.name) or type(used) in _TABLES) and id(used) not in seen:
            seen.add(id(used))
            waiting.extend(_used_by(used))
    return False


def _used_by(value: Any) -> Iterator[Any]:
    """The globals that a function names, the methods of a class, the items of a table of cases."""
    if type(value) in _TABLES:
        yield from value.values() if isinstance(value, dict) else value
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
