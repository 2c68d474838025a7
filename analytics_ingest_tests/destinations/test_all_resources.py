"""Every resource has the same rows in the other warehouses as in DuckDB.

Dirty rows are loaded in windows that overlap, so that some are loaded twice, and compared with what
one window brings into DuckDB.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pytest

from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.extract.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.conftest import configure
from analytics_ingest_tests.destinations.conftest import APIS_OF
from analytics_ingest_tests.support.comparing import differences, stored
from analytics_ingest_tests.support.loads import project_in, utc
from analytics_ingest_tests.support.projects import APIS, Sample, shipped
from analytics_ingest_tests.support.warehouses import Answer

DECLARATIONS = {api: shipped(api) for api in APIS}
CASES = [
    (kind, api, name)
    for kind, apis in APIS_OF.items()
    for api in apis
    for name in DECLARATIONS[api].resources
]
OVERLAPPING = (Window(None, utc(2026, 11, 11)), Window(utc(2026, 11, 1), utc(2026, 11, 22)))

Contents = Mapping[tuple[str, str], Answer | None]
"""What a warehouse holds, by API and table."""


@pytest.fixture(scope="module")
def in_duckdb(tmp_path_factory: pytest.TempPathFactory, dirty_sample: Sample) -> Contents:
    """All APIs in a DuckDB file."""
    with project_in(tmp_path_factory.mktemp("duckdb")), pytest.MonkeyPatch.context() as patch:
        configure(dirty_sample, patch)
        return _loaded(APIS, EVERYTHING)


@pytest.fixture(scope="module")
def elsewhere(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    dirty_sample: Sample,
) -> Callable[[str], Contents]:
    """By its kind, APIs in another warehouse, some rows loaded twice."""

    @cache
    def loaded(kind: str) -> Contents:
        with project_in(tmp_path_factory.mktemp(kind)), pytest.MonkeyPatch.context() as patch:
            request.getfixturevalue("warehouses")[kind](patch)
            configure(dirty_sample, patch)
            return _loaded(APIS_OF[kind], *OVERLAPPING)

    return loaded


def _loaded(apis: Sequence[str], *windows: Window) -> Contents:
    for api in apis:
        names = frozenset(DECLARATIONS[api].resources)
        for window in windows:
            with open_load(
                LoadScope(DECLARATIONS[api], names, window), run_id=api, log=lambda _: None
            ) as load:
                load.pipeline.run(load.source, **load.run_options)
    return {
        (api, table): stored(api, table)
        for api in apis
        for name in DECLARATIONS[api].resources
        for table in (name, f"{name}__rejected")
    }


@pytest.mark.parametrize(("kind", "api", "name"), CASES, ids=[".".join(case) for case in CASES])
def test_every_table_holds_what_it_holds_in_duckdb(
    kind: str, api: str, name: str, elsewhere: Callable[[str], Contents], in_duckdb: Contents
) -> None:
    for table in (name, f"{name}__rejected"):
        assert not differences(elsewhere(kind)[api, table], in_duckdb[api, table])
