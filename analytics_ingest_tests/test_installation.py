"""What the installation brings: the driver of a warehouse only with the extra that names it.

And that no message asks to install somebody else's package.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import analytics_ingest

ROOT = Path(analytics_ingest.__file__).parents[1]
PROJECT = tomlkit.parse((ROOT / "pyproject.toml").read_text()).unwrap()["project"]
TAKEN = "analytics-ingest"
"""A name on PyPI whose package is a stranger's."""

BROUGHT = {
    "postgres": {"dagster-postgres", "psycopg2-binary"},
    "lake": {"deltalake", "pyiceberg", "pyiceberg-core", "s3fs"},
    "celery": {"dagster-celery"},
    "k8s": {"dagster-k8s"},
    "dbt": {"dagster-dbt", "dbt-core", "dbt-duckdb"},
}
"""Extra → what it is there for."""

LATER = {"boto3", "botocore", "celery", "kubernetes", "redis"}
"""What these bring in their turn."""


def test_the_base_installation_brings_nothing_of_an_extra() -> None:
    found = set(_closure(PROJECT["dependencies"]))
    assert {"dagster", "dlt", "duckdb", "pyarrow", "sqlalchemy"} <= found
    assert found.isdisjoint(LATER.union(*BROUGHT.values()))


@pytest.mark.parametrize("extra", BROUGHT)
def test_an_extra_brings_what_it_is_there_for(extra: str) -> None:
    assert BROUGHT[extra] <= set(_closure(PROJECT["optional-dependencies"][extra]))


def test_the_developers_installation_brings_what_the_tests_need() -> None:
    (extras,) = [
        Requirement(line).extras
        for line in PROJECT["optional-dependencies"]["dev"]
        if Requirement(line).name == PROJECT["name"]
    ]
    assert {"lake", "postgres"} <= extras


def test_the_distribution_has_a_name_of_its_own_and_cannot_be_uploaded() -> None:
    assert canonicalize_name(PROJECT["name"]) != TAKEN
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]
    names = [Requirement(line).name for lines in _requirements() for line in lines]
    assert TAKEN not in [str(canonicalize_name(name)) for name in names]


def test_no_text_says_to_install_the_package_of_a_stranger() -> None:
    wrong = re.compile(r"(install|add)[^\n`]*\banalytics[-_.]ingest(?![-\w])", re.IGNORECASE)
    files = [path for path in ROOT.rglob("*") if path.suffix in (".md", ".py", ".toml", ".yaml")]
    texts = {path: path.read_text() for path in files if ".venv" not in path.parts}
    assert not {path: found[0] for path, text in texts.items() if (found := _command(wrong, text))}
    assert not [path for path, text in texts.items() if f"{TAKEN}[" in text]


def _command(wrong: re.Pattern[str], text: str) -> re.Match[str] | None:
    lines = (line for line in text.splitlines() if re.search(r"\b(pip|uv|pipx) ", line))
    return next(filter(None, map(wrong.search, lines)), None)


def _requirements() -> Iterator[list[str]]:
    yield PROJECT["dependencies"]
    yield from PROJECT["optional-dependencies"].values()


def _closure(lines: Iterable[str]) -> Iterator[str]:
    """The names of all packages that some requirements bring, as far as they are installed."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (name, frozenset(wanted.extras)) in seen:
            continue
        seen.add((name, frozenset(wanted.extras)))
        yield name
        try:
            brought = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue
        waiting += [one for one in brought if _is_wanted(one, wanted.extras)]


def _is_wanted(requirement: Requirement, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))
