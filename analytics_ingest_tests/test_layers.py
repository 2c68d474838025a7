"""The layers hold: who may import what, read from the source.

Imports inside functions and for type checkers alone count as well.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import analytics_ingest

PACKAGE = Path(analytics_ingest.__file__).parent
DAGSTER = {"dagster", "dagster_dlt", "dagster_shared"}
COMMANDS = {f"analytics_ingest.{name}" for name in ("cli", "convert", "demo", "preview", "status")}
ABOVE_LOAD = COMMANDS | {
    f"analytics_ingest.{name}" for name in ("orchestration", "components", "definitions")
}
EXTRACT = {"analytics_ingest.extract"}
LOAD = {"analytics_ingest.load"}
DECLARATION = {"analytics_ingest.declaration"}
FORBIDDEN = {
    "common": DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | DECLARATION,
    "paginators": DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | DECLARATION,
    "auth": DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | DECLARATION | {"dlt"},
    "declaration": DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | {"dlt", "requests"},
    "extract": DAGSTER | ABOVE_LOAD | LOAD,
    "load": DAGSTER | ABOVE_LOAD,
    "orchestration": COMMANDS
    | {f"analytics_ingest.{name}" for name in ("components", "definitions")},
    "preview": DAGSTER
    | ABOVE_LOAD - {"analytics_ingest.preview", "analytics_ingest.orchestration"},
    "convert": (DAGSTER | ABOVE_LOAD | LOAD | EXTRACT | {"dlt", "requests"})
    - {"analytics_ingest.convert"},
    "demo/sample_api": DAGSTER
    | (ABOVE_LOAD - {"analytics_ingest.demo"})
    | LOAD
    | EXTRACT
    | DECLARATION
    | {"dlt"},
}
ORCHESTRATION = "analytics_ingest.orchestration."
CHECKS = f"{ORCHESTRATION}checks"
CHECKS_WITH_DAGSTER = PACKAGE / "convert" / "command.py"
FILES = [
    (layer, path)
    for layer in FORBIDDEN
    for path in sorted((PACKAGE / layer).rglob("*.py"))
    if path != CHECKS_WITH_DAGSTER
]


def test_a_layer_imports_nothing_from_above_it() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for layer, path in FILES
        for name in imported(path)
        if any(name == banned or name.startswith(f"{banned}.") for banned in FORBIDDEN[layer])
    ]
    assert not wrong, "\n".join(wrong)


SUPPORT = "analytics_ingest_tests.support"
TESTS = Path(__file__).parent


@pytest.mark.parametrize(
    "folder", [TESTS / "support", TESTS.parent / "benchmarks"], ids=lambda path: path.name
)
def test_support_and_benchmarks_import_no_other_tests(folder: Path) -> None:
    files = sorted(folder.rglob("*.py"))
    assert files
    tests = {name for path in files for name in imported(path) if name.startswith(TESTS.name)}
    assert {name for name in tests if not f"{name}.".startswith(f"{SUPPORT}.")} == set()


def test_reading_a_declaration_does_not_import_what_only_a_load_needs() -> None:
    read = "import sys, analytics_ingest.declaration.resolve; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=True)
    modules = set(ran.stdout.split())
    assert "analytics_ingest.paginators.offset" in modules
    assert modules & {"requests", "jsonpath_ng", "jinja2"} == set()


def test_every_layer_has_files() -> None:
    assert {layer for layer, _ in FILES} == set(FORBIDDEN)


PURE_CHECKS = ("outcome", "schema", "primary_key", "cursor", "freshness", "volume")


@pytest.mark.parametrize("name", PURE_CHECKS)
def test_a_check_imports_neither_dagster_nor_what_imports_it(name: str) -> None:
    path = PACKAGE / "orchestration" / "checks" / f"{name}.py"
    assert [n for n in imported(path) if n.split(".")[0] in DAGSTER] == []
    assert modules_of_orchestration(path) <= {f"{CHECKS}.outcome"}


def test_preview_uses_nothing_of_orchestration_but_its_checks() -> None:
    used = {n for p in (PACKAGE / "preview").rglob("*.py") for n in modules_of_orchestration(p)}
    assert used <= {f"{CHECKS}.{name}" for name in PURE_CHECKS}


def modules_of_orchestration(path: Path) -> set[str]:
    """The modules in `orchestration` from which a file imports."""
    modules = set(map(module_name, PACKAGE.rglob("*.py")))
    return {n for n in imported(path) if n.startswith(ORCHESTRATION)} & modules


def test_no_two_modules_import_each_other() -> None:
    modules = {module_name(path): path for path in PACKAGE.rglob("*.py")}
    graph = {
        name: {used for used in imported(path) if used in modules and used != name}
        for name, path in modules.items()
    }
    assert find_cycle(graph) == []


BOTH_WAYS = {
    # A base URL is checked by the rule for requests, and auth reads its secrets from settings.
    ("extract", "settings", "http"),
    # The models of Airbyte's keys are fields of ours, and build on the same base.
    ("declaration", "models", "airbyte"),
}
"""Folder, importer, imported: the imports that are allowed against the direction."""

FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))


def test_the_imports_between_files_and_subfolders_of_a_folder_run_one_way() -> None:
    cycles = {
        str(folder.relative_to(PACKAGE)): find_cycle(imports_in(folder)) for folder in FOLDERS
    }
    assert {folder: cycle for folder, cycle in cycles.items() if cycle} == {}


def imports_in(folder: Path) -> dict[str, set[str]]:
    """The files and subfolders of a folder, and which others of it they import."""
    prefix = f"{module_name(folder)}."
    children = {path.stem for path in folder.iterdir()}
    graph: dict[str, set[str]] = {child: set() for child in children}
    for path in folder.rglob("*.py"):
        child = module_name(path).removeprefix(prefix).split(".")[0]
        used = {name.removeprefix(prefix) for name in imported(path) if name.startswith(prefix)}
        graph.setdefault(child, set()).update({name.split(".")[0] for name in used} - {child})
    for place, importer, other in BOTH_WAYS:
        if place == folder.name:
            graph[importer].discard(other)
    return graph


def module_name(path: Path) -> str:
    """The name by which a file or a folder is imported."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def find_cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """Modules of which each is imported by the next; empty where there is no cycle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Names of the modules that a file imports, anywhere in it."""
    return tuple(_imported(ast.parse(path.read_text())))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
