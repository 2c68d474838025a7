"""Runs of the shipped APIs: which requests they make, what they load, what their events say."""

from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg
import pytest

from analytics_ingest_tests.support.projects import Sample, table, tables
from analytics_ingest_tests.support.runs import assets_of, failure_of, materialize

YEAR = ("2026-01-01", "2026-11-21")
DAY = ("2026-11-18", "2026-11-18")
FIRST = ("2026-01-01", "2026-01-01")


def test_a_backfill_reads_the_api_once_and_loads_every_row(
    sample: Sample, instance: dg.DagsterInstance
) -> None:
    result = materialize("commerce/transactions", partitions=YEAR, instance=instance)
    assert result.success
    assert len(sample.paths_asked("commerce")) == 3
    assert len(table("commerce.transactions")) == len(
        sample.data.list_rows("commerce", "transactions")
    )
    assert len(result.get_asset_materialization_events()) == 325


def test_a_child_alone_reads_its_ancestors_once_and_nothing_else(
    sample: Sample, instance: dg.DagsterInstance
) -> None:
    result = materialize("project_tracking/stories_comments", partitions=DAY, instance=instance)
    assert result.success
    epics = [row["id"] for row in sample.data.list_rows("project_tracking", "epics")]
    stories = [row["id"] for row in sample.data.list_rows("project_tracking", "epics_stories")]
    base = "/project_tracking/v1"
    assert Counter(sample.paths_asked("project_tracking")) == Counter(
        [f"{base}/epics"]
        + [f"{base}/epics/{epic}/stories" for epic in epics]
        + [f"{base}/stories/{story}/comments" for story in stories]
    )
    assert tables("project_tracking") == {"stories_comments"}


def test_the_first_partition_takes_everything_older(
    sample: Sample, instance: dg.DagsterInstance
) -> None:
    assert materialize("commerce/transactions", partitions=FIRST, instance=instance).success
    assert min(row["updated_at"] for row in table("commerce.transactions")).year < 2026


def test_one_run_loads_partitioned_resources_and_snapshots(
    sample: Sample, instance: dg.DagsterInstance
) -> None:
    result = materialize(*assets_of("status_pages"), partitions=DAY, instance=instance)
    assert result.success
    subscribers = sample.data.list_rows("status_pages", "subscribers")
    assert len(table("status_pages.subscribers")) == len(subscribers)
    assert (
        0 < len(table("status_pages.pages")) < len(sample.data.list_rows("status_pages", "pages"))
    )


def test_a_partition_loads_the_rows_of_its_day_only_and_says_what_was_read_and_loaded(
    sample: Sample, instance: dg.DagsterInstance, project: Path
) -> None:
    result = materialize("commerce/transactions", partitions=DAY, instance=instance)
    assert result.success
    stored = [row["updated_at"] for row in table("commerce.transactions")]
    start = datetime(2026, 11, 18, tzinfo=timezone.utc)
    assert stored
    assert all(start <= at < start.replace(day=19) for at in stored)
    (event,) = result.get_asset_materialization_events()
    metadata = event.step_materialization_data.materialization.metadata
    figures = {name: value.value for name, value in metadata.items()}
    assert figures["rows_loaded"] == len(stored)
    assert figures["pages"] == figures["requests"] == 3
    assert figures["retries"] == figures["seconds_waited"] == 0
    assert figures["window"] == "[2026-11-18T00:00:00Z, 2026-11-19T00:00:00Z)"
    assert figures["dagster/table_name"] == "commerce.transactions"
    schema = figures["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    assert [column.name for column in schema.columns][:2] == ["id", "customer_id"]
    # The working files of a successful run are removed.
    assert list((project / "data" / "pipelines").iterdir()) == []


@pytest.mark.parametrize(
    ("unset", "sentence"),
    [
        (
            "SOURCES__COMMERCE__API_KEY",
            "commerce: sources.commerce.api_key is not set; set SOURCES__COMMERCE__API_KEY in the "
            "environment, or api_key under [sources.commerce] in .dlt/secrets.toml",
        ),
        (
            "SOURCES__COMMERCE__BASE_URL",
            "commerce: the base URL is still the placeholder 'https://api.example.com'; set "
            "SOURCES__COMMERCE__BASE_URL in the environment, or base_url under [sources.commerce] "
            "in .dlt/secrets.toml",
        ),
    ],
    ids=["no key", "no base URL"],
)
def test_a_missing_setting_fails_the_run_with_one_sentence(
    unset: str,
    sentence: str,
    sample: Sample,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(unset)
    result = materialize("commerce/transactions", partitions=DAY, instance=instance)
    assert not result.success
    assert sentence in failure_of(result)
    assert sample.paths_asked("commerce") == []
