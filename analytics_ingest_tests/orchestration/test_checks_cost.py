"""Checking a window costs no more where the table is large: nothing of the table is read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from dlt.destinations.exceptions import DatabaseException

from analytics_ingest.declaration.resolve import ApiDeclaration
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline, open_pipeline
from analytics_ingest.load.warehouse.table_profile import TableProfile, count
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
    sql(*UNREADABLE_TABLE)
    with (
        open_pipeline("demo", project / "pipelines", lambda line: None) as pipeline,
        pipeline.holding_warehouse(),
    ):
        pipeline.sync_destination()
        yield pipeline


def counted(
    declaration: ApiDeclaration, pipeline: WarehousePipeline, *, in_staging: bool
) -> TableProfile:
    """What is counted of the resource."""
    return count(
        pipeline,
        declaration.tables,
        in_staging=in_staging,
        future_from={"items": utc(2026, 1, 10)},
    )["items"]


def test_a_window_is_counted_without_reading_the_table(pipeline: WarehousePipeline) -> None:
    figures = counted(LOADED, pipeline, in_staging=True)
    assert figures.rows == 2
    assert figures.nulls == {"id": 0, "updated_at": 0, "n": 1}
    assert figures.variants == {"n__v_text": 1}
    assert figures.duplicates == figures.unreadable == figures.future == 0


def test_the_whole_table_is_read_by_checks_alone(pipeline: WarehousePipeline) -> None:
    with pytest.raises(DatabaseException, match="read "):
        counted(LOADED, pipeline, in_staging=False)
