"""The layers hold: who may import what, read from the source, imports inside functions included."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import analytics_ingest

PACKAGE = Path(analytics_ingest.__file__).parent
DAGSTER = {"dagster", "dagster_dlt", "dagster_shared"}
ABOVE_LOADING = {
    f"analytics_ingest.{name}"
    for name in ("orchestration", "components", "definitions", "documents", "new", "trial", "cli")
}
FORBIDDEN = {
    "loading": DAGSTER | ABOVE_LOADING,
    "trial": DAGSTER | ABOVE_LOADING - {"analytics_ingest.trial"},
    "config": DAGSTER | ABOVE_LOADING | {"dlt", "requests", "analytics_ingest.loading"},
    "documents": DAGSTER
    | (ABOVE_LOADING - {"analytics_ingest.documents"})
    | {"dlt", "requests", "analytics_ingest.loading"},
    "sample_api": DAGSTER
    | ABOVE_LOADING
    | {"dlt", "analytics_ingest.loading", "analytics_ingest.config"},
    "orchestration": {
        f"analytics_ingest.{name}" for name in ("components", "definitions", "documents", "new")
    },
}
FILES = [(layer, path) for layer in FORBIDDEN for path in sorted((PACKAGE / layer).rglob("*.py"))]


@pytest.mark.parametrize(
    ("layer", "path"), FILES, ids=[str(path.relative_to(PACKAGE)) for _, path in FILES]
)
def test_a_layer_imports_nothing_from_above_it(layer: str, path: Path) -> None:
    wrong = [
        name
        for name in imported(path)
        if any(name == banned or name.startswith(f"{banned}.") for banned in FORBIDDEN[layer])
    ]
    assert wrong == []


def test_every_layer_has_files() -> None:
    assert {layer for layer, _ in FILES} == set(FORBIDDEN)


def imported(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
