"""The layers hold: who may import what, read from the source, imports inside functions included."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import analytics_ingest

PACKAGE = Path(analytics_ingest.__file__).parent
DAGSTER = {"dagster", "dagster_dlt", "dagster_shared"}
COMMANDS = {f"analytics_ingest.{name}" for name in ("cli", "convert", "demo", "preview")}
ABOVE_LOAD = COMMANDS | {
    f"analytics_ingest.{name}" for name in ("orchestration", "components", "definitions")
}
EXTRACT = {"analytics_ingest.extract"}
LOAD = {"analytics_ingest.load"}
DECLARATION = {"analytics_ingest.declaration"}
FORBIDDEN = {
    "common": DAGSTER | ABOVE_LOAD | LOAD | EXTRACT,
    "declaration": DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | {"dlt", "requests"},
    "extract": DAGSTER | ABOVE_LOAD | LOAD,
    "load": DAGSTER | ABOVE_LOAD,
    "orchestration": COMMANDS
    | {f"analytics_ingest.{name}" for name in ("components", "definitions")},
    "preview": DAGSTER | ABOVE_LOAD - {"analytics_ingest.preview"},
    "convert": (DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | {"dlt", "requests"})
    - {"analytics_ingest.convert"},
    "demo/sample_api": DAGSTER
    | (ABOVE_LOAD - {"analytics_ingest.demo"})
    | LOAD
    | EXTRACT
    | DECLARATION
    | {"dlt"},
}
CHECKS_WITH_DAGSTER = PACKAGE / "convert" / "command.py"
FILES = [
    (layer, path)
    for layer in FORBIDDEN
    for path in sorted((PACKAGE / layer).rglob("*.py"))
    if path != CHECKS_WITH_DAGSTER
]


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
