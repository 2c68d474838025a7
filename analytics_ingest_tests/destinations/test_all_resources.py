"""Resources of the shipped APIs have the same rows in the other warehouses as in DuckDB.

Dirty rows are loaded in windows that overlap, so that some are loaded twice, and compared with what
one window brings into DuckDB.
"""

from collections.abc import Callable, Mapping
from functools import cache

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.destinations.conftest import FEW, WAREHOUSES
from analytics_ingest_tests.support.comparing import differences, stored
from analytics_ingest_tests.support.fixtures import configure
from analytics_ingest_tests.support.loads import project_in, utc
from analytics_ingest_tests.support.projects import APIS, Sample, shipped
from analytics_ingest_tests.support.warehouses import Answer

DECLARATIONS = {api: shipped(api) for api in APIS}
CASES = [(kind, api, name) for kind in WAREHOUSES for api, names in FEW.items() for name in names]
OVERLAPPING = (Window(None, utc(2026, 11, 11)), Window(utc(2026, 11, 1), utc(2026, 11, 22)))

Contents = Mapping[tuple[str, str], Answer | None]
"""What a warehouse holds, by API and table."""


@pytest.fixture(scope="module")
def in_duckdb(tmp_path_factory: pytest.TempPathFactory, dirty_sample: Sample) -> Contents:
    """The APIs in a DuckDB file."""
    with project_in(tmp_path_factory.mktemp("duckdb")), pytest.MonkeyPatch.context() as patch:
        configure(dirty_sample, patch)
        return _loaded(EVERYTHING)


@pytest.fixture(scope="module")
def elsewhere(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    dirty_sample: Sample,
) -> Callable[[str], Contents]:
    """By its kind, the APIs in another warehouse, some rows loaded twice."""

    @cache
    def loaded(kind: str) -> Contents:
        with project_in(tmp_path_factory.mktemp(kind)), pytest.MonkeyPatch.context() as patch:
            request.getfixturevalue("warehouses")[kind](patch)
            configure(dirty_sample, patch)
            return _loaded(*OVERLAPPING)

    return loaded


def _loaded(*windows: Window) -> Contents:
    for api, names in FEW.items():
        for window in windows:
            scope = LoadScope(DECLARATIONS[api], frozenset(names), window)
            with open_load(scope, run_id=api, log=lambda _: None) as load:
                load.pipeline.run(load.source, **load.run_options)
    return {
        (api, table): stored(api, table)
        for api, names in FEW.items()
        for name in names
        for table in (name, f"{name}__rejected")
    }


@pytest.mark.parametrize(("kind", "api", "name"), CASES, ids=[".".join(case) for case in CASES])
def test_every_table_holds_what_it_holds_in_duckdb(
    kind: str, api: str, name: str, elsewhere: Callable[[str], Contents], in_duckdb: Contents
) -> None:
    for table in (name, f"{name}__rejected"):
        assert not differences(elsewhere(kind)[api, table], in_duckdb[api, table])


def test_the_tables_that_are_compared_have_columns_of_all_types(in_duckdb: Contents) -> None:
    declared = {
        field.data_type
        for declaration in DECLARATIONS.values()
        for resource in declaration.resources.values()
        for field in resource.fields.values()
    }
    compared = {kind for answer in in_duckdb.values() if answer for kind in answer.types.values()}
    assert declared <= compared
    rejected = [table for table in in_duckdb if table[1].endswith("__rejected")]
    assert {in_duckdb[table] is None for table in rejected} == {True, False}
