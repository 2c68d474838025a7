"""Checking a window costs no more where the table is large: nothing of the table is read."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.pipeline_creation import open_pipeline
from analytics_ingest.load.warehouse.profiles.profiler import profile_tables
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest_tests.support.deployments import sql
from analytics_ingest_tests.support.loads import day, declare, load, resource, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

LOADED = declare(
    resource(
        own={
            "fields": {"id": "integer", "updated_at": "timestamp", "n": "integer?"},
            "required": ["id", "updated_at", "n"],
        }
    )
)

STAGED_AGAIN = (
    "insert into demo_staging.items by name "
    "select * from demo.items where updated_at >= '2026-01-05 00:00Z'"
)
"""What a load looks at before it empties its staging table."""

UNREADABLE_TABLE = (
    "alter table demo.items rename to hidden",
    "create view demo.items as select * from demo.hidden where error('read ' || id) is null",
)
"""The columns can still be looked up; whoever reads a row gets an error."""


@pytest.fixture
def pipeline(api: ScriptedApi, project: Path) -> Iterator[WarehousePipeline]:
    """The pipeline of a window with two rows, into a table that must not be read any more."""
    api.always("/items", {"data": [row(4, "2026-01-04T10:00:00Z"), row(5), row(6, n="x")]})
    load(LOADED, window=day(4))
    load(LOADED, window=day(5))
    sql(STAGED_AGAIN, *UNREADABLE_TABLE)
    with (
        open_pipeline("demo", project / "pipelines", lambda line: None) as pipeline,
        pipeline.write_lock.hold(),
    ):
        pipeline.sync_destination()
        yield pipeline


def profile(
    declaration: ApiDeclaration,
    pipeline: WarehousePipeline,
    stats: Mapping[str, Stats] | None = None,
) -> TableProfile:
    """The profile of the resource: of the load with these counts, else of the whole table."""
    return profile_tables(pipeline, declaration.tables, utc(2026, 1, 10), stats)["items"]


def test_a_window_is_profiled_without_reading_the_table(pipeline: WarehousePipeline) -> None:
    found = profile(LOADED, pipeline, {"items": Stats(rows_loaded=2)})
    assert found.rows == 2
    assert found.nulls == {"id": 0, "updated_at": 0, "n": 1}
    assert found.variants == {"n__v_text": 1}
    assert found.duplicates == found.unreadable == found.future == 0


def test_the_whole_table_is_read_by_checks_alone(pipeline: WarehousePipeline) -> None:
    with pytest.raises(WarehouseError, match="cannot be counted") as caught:
        profile(LOADED, pipeline)
    assert "read " in str(caught.value.__context__)
