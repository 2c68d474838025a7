"""For each fault of an API's rows, exactly the right checks fail, and pass when it is mended.

Every fault has a resource of its own; two runs load them all, first broken and then mended.
"""

from collections.abc import Iterator
from typing import NamedTuple

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import CHECKS, NOON, Outcome, at, deploy
from analytics_ingest_tests.support.faults import (
    FIELDS,
    REQUIRED,
    TODAY,
    TONIGHT,
    Fault,
    requiring,
    today,
)
from analytics_ingest_tests.support.loads import declare
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub

ERROR, WARN = "ERROR", "WARN"

UNREADABLE = "updated_at is null or unreadable in 1 row, which every window loads again."

FAULTS = [
    Fault(
        "null_in_a_required_column",
        [today(1, name=None), today(2, name="b")],
        {"schema": (ERROR, "Required, but null: name in 1 row.")},
        own=requiring("name"),
        mended=[today(1, name="a"), today(2, name="b")],
    ),
    Fault(
        "absent_required_column",
        [today(1), today(2)],
        {"schema": (ERROR, "Required, but null: name in 2 rows.")},
        own=requiring("name"),
        mended=[today(1, name="a"), today(2, name="b")],
    ),
    Fault(
        "null_in_a_column_that_is_not_nullable",
        [today(1, name=None), today(2, name="b")],
        {"schema": (ERROR, "Required, but null: name in 1 row.")},
        own={"columns": {"name": {"nullable": False}}, "fields": FIELDS},
        mended=[today(1, name="a"), today(2, name="b")],
    ),
    Fault(
        "drifted_type",
        [today(1, n="many"), today(2, n=2)],
        {"schema": (ERROR, "Values of another type: n__v_text in 1 row.")},
    ),
    Fault(
        "drifted_type_of_a_nested_value",
        [today(1, lines=[{"n": 1}, {"n": "many"}]), today(2, lines=[{"n": "007"}])],
        {
            "schema": (
                ERROR,
                "Values of another type: drifted_type_of_a_nested_value__lines.n__v_text in 2 "
                "rows.",
            )
        },
        own={"max_table_nesting": 1},
        mended=[today(1, lines=[{"n": 1}])],
    ),
    Fault(
        "drifted_type_of_a_required_column",
        [today(1, n="many"), today(2, n=2)],
        {"schema": (ERROR, "Values of another type: n__v_text in 1 row.")},
        own=requiring("n"),
        mended=[today(1, n=1), today(2, n=2)],
    ),
    Fault(
        "undeclared_columns",
        [today(1, colour="red", size=1), today(2)],
        {
            "schema": (
                WARN,
                "Not declared: colour, size; add them to the schema file. "
                "Declared, but null in each row: name, n.",
            )
        },
        mended=[today(1, colour="red", size=1), today(2)],
        mended_own={
            "fields": {**FIELDS, "colour": "string?", "size": "any?"},
            "required": REQUIRED,
        },
    ),
    Fault(
        "null_cursor",
        [row(1, None), today(2)],
        {
            "schema": (ERROR, "Required, but null: updated_at in 1 row."),
            "cursor": (WARN, UNREADABLE),
        },
    ),
    Fault(
        "absent_cursor",
        [{"id": 1}, today(2)],
        {
            "schema": (ERROR, "Required, but null: updated_at in 1 row."),
            "cursor": (WARN, UNREADABLE),
        },
    ),
    Fault(
        "unreadable_cursor",
        [row(1, "soon"), today(2)],
        {
            "schema": (ERROR, "Values of another type: updated_at__v_text in 1 row."),
            "cursor": (WARN, UNREADABLE),
        },
    ),
    Fault(
        "null_cursor_that_is_not_required",
        [row(1, None), today(2)],
        {"cursor": (WARN, UNREADABLE)},
        own={"fields": FIELDS},
    ),
    Fault(
        "cursor_in_the_future",
        [row(1, TONIGHT), today(2)],
        {"cursor": (WARN, "updated_at is more than 1h in the future in 1 row.")},
    ),
    Fault(
        "cursor_beyond_a_declared_tolerance",
        [row(1, TONIGHT), row(2, "2026-01-10T12:20:00Z"), today(3)],
        {"cursor": (WARN, "updated_at is more than 10m in the future in 2 rows.")},
        own={"fields": FIELDS, "future_tolerance": "10m"},
        mended=[row(1, "2026-01-10T12:05:00Z"), today(2), today(3)],
    ),
    Fault(
        "epoch_cursor_null_and_in_the_future",
        [row(1, None), row(2, 1_768_068_000), row(3, 1_768_040_000)],
        {
            "cursor": (
                WARN,
                f"{UNREADABLE[:-1]}; updated_at is more than 1h in the future in 1 row.",
            )
        },
        own={},
        mended=[row(n, 1_768_040_000) for n in (1, 2, 3)],
        endpoint={"incremental": {"cursor_path": "updated_at", "cursor_format": "epoch_s"}},
    ),
    Fault(
        "key_that_is_not_unique",
        [row(1, f"2026-01-10T10:00:{second:02}Z") for second in range(20)],
        {
            "primary_key": (
                WARN,
                "19 of 20 rows have the id of another row of this load, which stores 1 row: if id "
                "is not unique, declare another primary_key.",
            )
        },
    ),
    Fault(
        "null_key",
        [today(None), today(2)],
        {"primary_key": (ERROR, "1 row without a usable id, kept in null_key__rejected.")},
    ),
    Fault(
        "absent_keys_alone",
        [{"updated_at": TODAY}, {"updated_at": TODAY}],
        {
            "primary_key": (
                ERROR,
                "2 rows without a usable id, kept in absent_keys_alone__rejected.",
            )
        },
    ),
    Fault(
        "key_of_another_type",
        [today("one"), today(2)],
        {
            "primary_key": (
                ERROR,
                "1 row without a usable id, kept in key_of_another_type__rejected.",
            )
        },
    ),
    Fault(
        "duplicates_in_a_replaced_table",
        [today(1), today(1), today(2)],
        {"primary_key": (ERROR, "1 row with a duplicate id, such as 1.")},
        own={"write_disposition": {"disposition": "replace"}},
        endpoint={"incremental": None},
    ),
]

HEALTHY = {
    "two_versions_of_a_row": Fault(
        "two_versions_of_a_row", [today(1), row(1, "2026-01-10T11:00:00Z"), today(2)], {}
    ),
    "nothing": Fault("nothing", [], {}),
    "nothing_without_fields": Fault("nothing_without_fields", [], {}, own={}),
    "undeclared_altogether": Fault("undeclared_altogether", [today(1, colour="red")], {}, own={}),
    "slightly_in_the_future": Fault("slightly_in_the_future", [row(1, "2026-01-10T12:30:00Z")], {}),
    "snapshot_without_a_key": Fault(
        "snapshot_without_a_key", [{"n": 1}, {"n": 1}], {}, own={"primary_key": None}
    ),
}


class Loaded(NamedTuple):
    """The two runs."""

    broken: Outcome
    mended: Outcome


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Loaded]:
    faults = [*FAULTS, *HEALTHY.values()]
    api = hub.new_api()
    with pytest.MonkeyPatch.context() as patch, at(NOON):
        patch.chdir(tmp_path_factory.mktemp("faults"))
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        with dg.DagsterInstance.ephemeral() as instance:
            outcomes = []
            for mended in (False, True):
                for fault in faults:
                    api.always(f"/{fault.name}", {"data": fault.mended if mended else fault.broken})
                resources = [fault.resource(mended=mended) for fault in faults]
                outcomes.append(deploy(declare(*resources), instance).load("2026-01-10"))
            yield Loaded(*outcomes)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_exactly_the_right_checks_fail(fault: Fault, loaded: Loaded) -> None:
    verdicts = {c: loaded.broken.verdicts.get(f"{fault.name}/{c}") for c in CHECKS}
    failed = {c: (v.severity, v.sentence) for c, v in verdicts.items() if v and not v.passed}
    assert failed == fault.says


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_mended_rows_make_the_checks_pass_again(fault: Fault, loaded: Loaded) -> None:
    ours = {name for name in loaded.mended.verdicts if name.startswith(f"{fault.name}/")}
    assert len(ours) >= len(fault.says)
    assert not ours & set(loaded.mended.failed)


@pytest.mark.parametrize("name", HEALTHY)
def test_what_is_not_a_fault_passes(name: str, loaded: Loaded) -> None:
    ours = {check for check in loaded.broken.verdicts if check.startswith(f"{name}/")}
    assert len(ours) >= len(CHECKS) - 1
    assert not ours & set(loaded.broken.failed)


def test_failing_checks_that_do_not_block_leave_the_run_successful(loaded: Loaded) -> None:
    assert loaded.broken.failed
    assert loaded.broken.success


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ("undeclared_altogether/schema", "1 row as declared."),
        ("nothing/schema", "This load has no row."),
        ("nothing_without_fields/schema", "This load has no row."),
        ("nothing/freshness", "Nothing is overdue; this load has no row."),
        ("slightly_in_the_future/cursor", "updated_at is readable in 1 row."),
        (
            "two_versions_of_a_row/primary_key",
            "id is present and unique in 2 rows. 1 further version of a row merged.",
        ),
        (
            "snapshot_without_a_key/primary_key",
            "The resource has no primary key; each load replaces the whole table.",
        ),
    ],
)
def test_a_check_that_passes_says_what_it_saw(check: str, sentence: str, loaded: Loaded) -> None:
    assert loaded.broken.verdicts[check].sentence == sentence


def test_the_schema_check_counts_what_was_rejected(loaded: Loaded) -> None:
    assert loaded.broken.verdicts["null_key/schema"].figures["rejected_rows"] == 1
    assert loaded.mended.verdicts["null_key/schema"].figures["rejected_rows"] == 0
