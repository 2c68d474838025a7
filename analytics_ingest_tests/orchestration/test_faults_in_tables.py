"""Checks that run alone look at the whole table, and find what somebody did to it by SQL."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import CHECKS, NOON, Deployment, at, deploy, sql
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi

pytestmark = pytest.mark.usefixtures("noon")

DAY = "2026-01-05"
ROWS_CHECKS = ("schema", "primary_key", "cursor")

ROWS = [row(number, name="a") for number in (1, 2, 3)]
DECLARED = resource(
    own={
        "fields": {"id": "integer", "updated_at": "timestamp", "name": "string?"},
        "required": ["id", "updated_at"],
    }
)


class Table(NamedTuple):
    """A table that is loaded."""

    folder: Path
    api: ScriptedApi
    deployment: Deployment


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Table]:
    """A table of three rows, which tests leave as they found it, and its folder."""
    folder, api = tmp_path_factory.mktemp("table"), hub.new_api()
    api.always("/items", {"data": ROWS})
    with pytest.MonkeyPatch.context() as patch, at(NOON):
        patch.chdir(folder)
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        with dg.DagsterInstance.ephemeral() as instance:
            deployment = deploy(declare(DECLARED), instance)
            deployment.load(DAY)
            yield Table(folder, api, deployment)


FAULTS = {
    "a column is missing": (
        "alter table demo.items drop column name",
        {"items/schema": "Columns are missing: name."},
        "alter table demo.items add column name varchar",
    ),
    "a column has another type": (
        "alter table demo.items alter column name type bigint using 1",
        {"items/schema": "Columns have another type: name is bigint instead of text."},
        "alter table demo.items alter column name type varchar",
    ),
    "a row is there twice": (
        "insert into demo.items select * from demo.items where id = 2",
        {"items/primary_key": "1 row with a duplicate id, such as 2."},
        "delete from demo.items where rowid = (select max(rowid) from demo.items)",
    ),
    "a key is null": (
        "update demo.items set id = null where id = 2",
        {
            "items/schema": "Required, but null: id in 1 row.",
            "items/primary_key": "1 row with a null id.",
        },
        "update demo.items set id = 2 where id is null",
    ),
    "the key's column is missing": (
        "alter table demo.items rename column id to number",
        {
            "items/schema": "Columns are missing: id.",
            "items/primary_key": "The table has no column id.",
        },
        "alter table demo.items rename column number to id",
    ),
    "a cursor is null": (
        "update demo.items set updated_at = null where id = 2",
        {
            "items/schema": "Required, but null: updated_at in 1 row.",
            "items/cursor": "updated_at is null or unreadable in 1 row, which every window loads "
            "again.",
        },
        "update demo.items set updated_at = '2026-01-05' where id = 2",
    ),
    "a cursor is in the future": (
        "update demo.items set updated_at = '2027-01-01' where id = 2",
        {"items/cursor": "updated_at is more than 1h in the future in 1 row."},
        "update demo.items set updated_at = '2026-01-05' where id = 2",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_exactly_the_right_checks_fail_until_the_table_is_mended(
    fault: str, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.folder)
    deployment = table.deployment
    breaking, sentences, mending = FAULTS[fault]
    sql(breaking)
    assert deployment.check("items", *ROWS_CHECKS).failed == sentences
    sql(mending)
    assert deployment.check("items", *ROWS_CHECKS).failed == {}


def test_checks_alone_ask_the_api_nothing(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.folder)
    table.api.asked.clear()
    outcome = table.deployment.check()
    assert sorted(outcome.verdicts) == sorted(f"items/{check}" for check in CHECKS)
    assert table.api.asked == []
    assert outcome.loaded == ()


def test_one_check_alone_has_one_outcome(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.folder)
    assert list(table.deployment.check("items", "cursor").verdicts) == ["items/cursor"]


def test_a_table_that_was_never_loaded_is_reported_beside_one_that_was(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.folder)
    both = deploy(declare(DECLARED, resource("others")), table.deployment.instance)
    assert both.check("others", *ROWS_CHECKS).failed == {
        "others/schema": "The table does not exist; load the asset."
    }


def test_checks_before_the_first_load_say_what_to_do(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    outcome = deploy(declare(DECLARED), quick_instance).check()
    assert outcome.success
    assert outcome.failed == {
        "items/schema": "The table does not exist; load the asset.",
        "items/freshness": "Never loaded; load the asset.",
    }
    assert api.asked == []


def test_at_most_ten_duplicate_keys_are_shown_each_as_a_whole(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(n, region="north") for n in range(25)]})
    deployment = deploy(declare(resource(own={"primary_key": ["id", "region"]})), quick_instance)
    assert deployment.load(DAY).failed == {}
    sql("insert into demo.items select * from demo.items")
    (sentence,) = deployment.check("items", "primary_key").failed.values()
    start, _, keys = sentence.rstrip(".").partition(", such as ")
    assert start == "25 rows with a duplicate id, region"
    assert len(set(re.findall(r"\(\d+, north\)", keys))) == 10
    assert len(keys.split("), (")) == 10


def test_rejected_rows_fail_the_check_until_they_are_deleted(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [row(None), row(1)]})
    deployment = deploy(declare(DECLARED), quick_instance)
    deployment.load(DAY)
    assert deployment.check("items", "primary_key").failed == {
        "items/primary_key": "1 row without a usable id in items__rejected (delete them there once "
        "the API sends them whole)."
    }
    sql("delete from demo.items__rejected")
    assert deployment.check("items", "primary_key").failed == {}


def test_a_changed_declaration_is_reported_where_the_column_holds_the_values(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": ROWS})
    deploy(declare(DECLARED), quick_instance).load(DAY)
    changed = resource(
        own={"fields": {"id": "integer", "updated_at": "timestamp", "name": "date?"}}
    )
    api.always("/items", {"data": [row(1, name="2026-01-05")]})
    outcome = deploy(declare(changed), quick_instance).load(DAY)
    assert outcome.failed == {
        "items/schema": "Columns have another type: name is text instead of date."
    }


def test_a_table_whose_rows_were_all_rejected_is_named_by_the_load_and_by_checks_alone(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [{"number": 1}, {"number": 2}]})
    deployment = deploy(declare(resource()), quick_instance)
    assert deployment.load(DAY).failed == {
        "items/primary_key": "2 rows without a usable id, kept in items__rejected."
    }
    assert deployment.check("items", *ROWS_CHECKS).failed == {
        "items/schema": "The table does not exist; all rows were rejected.",
        "items/primary_key": "2 rows without a usable id in items__rejected "
        "(delete them there once the API sends them whole).",
    }
