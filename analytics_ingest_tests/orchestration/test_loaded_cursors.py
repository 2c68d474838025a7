"""Partitions that were loaded by another cursor are named until they are loaded again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import pytest
import time_machine

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.orchestration.load_history import describe_loaded_windows
from analytics_ingest.orchestration.loaded_cursors import (
    describe_loaded_cursors,
    find_loaded_by_others,
)
from analytics_ingest.orchestration.partitions import build_partitions
from analytics_ingest_tests.support.deployments import at, deploy
from analytics_ingest_tests.support.history import record_load
from analytics_ingest_tests.support.loads import API, day, declare, resource, table, utc
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ASSET = dg.AssetKey([API, "items"])
CREATED, UPDATED = {"cursor_path": "created"}, {"cursor_path": "updated_at"}
DAY_FIRST, MONTH_FIRST = ({"cursor_format": f} for f in ("%d/%m/%Y", "%m/%d/%Y"))
FIRST_DAYS = Window(None, utc(2026, 1, 4))
Load = tuple[Mapping[str, Any], Window]


def by(window: Window, *steps: Any, **cursor: Any) -> Load:
    """A load of a window by a cursor, which steps may make."""
    return resource(incremental=cursor, own={"processing_steps": list(steps)}), window


@dataclass(frozen=True)
class Case:
    """Loads in order, the last of which is of the declaration, and what other cursors loaded."""

    loads: Sequence[Load]
    others: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    """Cursor → days of January."""


CHANGED = (
    "{{ record.meta.changed }}",
    "{{record['meta']['changed']}}",
    '{{ record["meta"].changed }}',
)
MADE = ('{{ record.get( "a" ) or record.b }}', "{{ record.get('a')  or record.b}}")


def added(value: Any, name: str = "updated_at") -> dict[str, Any]:
    """A step that adds a field."""
    return {"add": {name: value}}


NESTED = {"cursor_path": "meta.changed"}
CASES = {
    "another value": Case(
        [by(FIRST_DAYS, **CREATED), by(day(4), **UPDATED)], {"created": [1, 2, 3]}
    ),
    "a value and back": Case(
        [by(FIRST_DAYS, **CREATED), by(day(4), **UPDATED), by(day(5), **CREATED)],
        {"updated_at": [4]},
    ),
    "two other values": Case(
        [by(day(3), **CREATED), by(day(4), cursor_path="seen"), by(day(5), **UPDATED)],
        {"created": [3], "seen": [4]},
    ),
    "some days again": Case(
        [by(FIRST_DAYS, **CREATED), by(day(4), **UPDATED), by(day(2), **UPDATED)],
        {"created": [1, 3]},
    ),
    "all days again": Case(
        [by(FIRST_DAYS, **CREATED), by(Window(None, utc(2026, 1, 5)), **UPDATED)]
    ),
    "a name that a step gives": Case(
        [by(day(3), **CREATED), by(day(4), {"rename": {"created": "updated_at"}}, **UPDATED)]
    ),
    "a value that a step copies": Case(
        [
            by(day(3), **CREATED),
            by(day(4), {"add": {"updated_at": "{{ record['created'] }}"}}, **UPDATED),
        ]
    ),
    "a step that takes another value": Case(
        [
            by(day(3), {"rename": {"created": "updated_at"}}, **UPDATED),
            by(day(4), {"rename": {"changed": "updated_at"}}, **UPDATED),
        ],
        {"created": [3]},
    ),
    "a step that takes another value at times": Case(
        [
            by(day(3), **UPDATED),
            by(day(4), {"add": {"updated_at": "x"}, "when": "{{ record.y }}"}, **UPDATED),
        ],
        {"updated_at": [3]},
    ),
    "another spelling of the path": Case(
        [by(day(3), **UPDATED), by(day(4), cursor_path="$.updated_at")]
    ),
    "brackets around a name": Case(
        [by(day(n), cursor_path=p) for n, p in enumerate(("updated_at", "['updated_at']"), 3)]
    ),
    "brackets around a name below the root": Case(
        [by(day(3), **NESTED), by(day(4), cursor_path="$['meta'][\"changed\"]")]
    ),
    "a value in an object that a step copies": Case(
        [by(day(3), **NESTED), *(by(day(n), added(t), **UPDATED) for n, t in enumerate(CHANGED, 4))]
    ),
    "a value that a step gets": Case(
        [by(day(3), **CREATED), by(day(4), added("{{ record.get('created') }}"), **UPDATED)]
    ),
    "blanks and quotes in an expression": Case(
        [by(day(n), added(text), **UPDATED) for n, text in enumerate(MADE, 3)]
    ),
    "another expression": Case(
        [
            by(day(3), added("{{ record.get('a') or record.b }}"), **UPDATED),
            by(day(4), added("{{ record.get('a') or record.c }}"), **UPDATED),
        ],
        {"{{ record.get('a') or record.b }}": [3]},
    ),
    "a blank in a text of an expression": Case(
        [
            by(day(n), added(f"{{{{ record['{t}'] or 1 }}}}"), **UPDATED)
            for n, t in ((3, "a b"), (4, "ab"))
        ],
        {"{{ record['a b'] or 1 }}": [3]},
    ),
    "an object that a step replaces": Case(
        [by(day(3), **NESTED), by(day(4), added({"changed": "2026-01-04"}, "meta"), **NESTED)],
        {"meta.changed": [3]},
    ),
    "an object that a step replaces at times": Case(
        [
            by(day(3), **NESTED),
            by(day(4), {**added("{{ record.info }}", "meta"), "when": "{{ record.y }}"}, **NESTED),
        ],
        {"meta.changed": [3]},
    ),
    "an object that a step copies": Case(
        [
            by(day(3), cursor_path="info.changed"),
            by(day(4), added("{{ record.info }}", "meta"), **NESTED),
        ]
    ),
    "an object that a step renames": Case(
        [by(day(3), cursor_path="info.changed"), by(day(4), {"rename": {"info": "meta"}}, **NESTED)]
    ),
    "a field beside the cursor that a step adds": Case(
        [by(day(3), **NESTED), by(day(4), added("x", "meta.change"), **NESTED)]
    ),
    "a name in an object that a step writes otherwise": Case(
        [
            by(day(3), cursor_path="meta.changedAt"),
            by(day(4), {"keys": "snake_case"}, cursor_path="meta.changed_at"),
        ]
    ),
    "a name that a step writes otherwise": Case(
        [by(day(3), cursor_path="UpdatedAt"), by(day(4), {"keys": "snake_case"}, **UPDATED)]
    ),
    "another parameter of the window": Case(
        [
            by(day(3), **UPDATED, start_param="created_after"),
            by(day(4), **UPDATED, start_param="since", param_format="epoch_s"),
        ]
    ),
    "a format that reads what could not be read": Case(
        [by(day(3), **UPDATED), by(day(4), **UPDATED, **DAY_FIRST)]
    ),
    "a format that reads another moment": Case(
        [by(day(3), **UPDATED, **DAY_FIRST), by(day(4), **UPDATED, **MONTH_FIRST)],
        {"updated_at as %d/%m/%Y": [3]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_partitions_are_named_whose_last_load_had_another_cursor(
    name: str, quick_instance: dg.DagsterInstance
) -> None:
    case, declaration = CASES[name], declare(resource())
    partitions = build_partitions(declaration.declared.partitions)
    for keys, window in case.loads:
        declaration = declare(dict(keys))
        recorded = describe_loaded_cursors(
            *(quick_instance, declaration.resources["items"], ASSET, partitions, window),
            is_whole=False,
        )
        metadata = {"window": str(window), **recorded}
        quick_instance.report_runless_asset_event(dg.AssetMaterialization(ASSET, metadata=metadata))
        record_load(quick_instance, utc(2026, 1, 9), "2026-01-03")  # It is marked by hand.
    found = find_loaded_by_others(
        quick_instance, declaration.resources["items"], ASSET, partitions, utc(2026, 1, 9)
    )
    days = {o: [f"2026-01-{number:02}" for number in some] for o, some in case.others.items()}
    assert found == days


@pytest.mark.parametrize("kind", ["a snapshot", "a full reading", "an older version"])
def test_a_load_of_all_rows_and_one_that_recorded_no_cursor_leave_none(
    kind: str, quick_instance: dg.DagsterInstance
) -> None:
    one, other = (declare(resource(incremental=c)).resources["items"] for c in (CREATED, UPDATED))
    partitions = build_partitions(declare(resource()).declared.partitions)
    before = (quick_instance, one, ASSET, partitions, day(3))
    recorded = describe_loaded_cursors(*before, is_whole=False)
    later: Mapping[str, Any] = {}
    if kind != "an older version":
        metadata = {"window": str(day(3)), **recorded}
        quick_instance.report_runless_asset_event(dg.AssetMaterialization(ASSET, metadata=metadata))
    if kind == "a full reading":
        arguments = (quick_instance, other, ASSET, partitions, day(4))
        later = describe_loaded_cursors(*arguments, is_whole=True)
    metadata = {"window": str(day(4)), **later}
    quick_instance.report_runless_asset_event(dg.AssetMaterialization(ASSET, metadata=metadata))
    assert find_loaded_by_others(quick_instance, other, ASSET, partitions, utc(2026, 1, 9)) == {}


@pytest.mark.parametrize("has_windows", [True, False], ids=["windows", "older records"])
def test_what_was_loaded_before_cursors_were_recorded_is_named_after_a_change(
    has_windows: bool, quick_instance: dg.DagsterInstance
) -> None:
    one, other = (declare(resource(incremental=c)).resources["items"] for c in (CREATED, UPDATED))
    partitions = build_partitions(declare(resource()).declared.partitions)
    before = (quick_instance, ASSET, partitions)

    def load(loaded: ResourceDeclaration, number: int, *, is_recorded: bool = True) -> None:
        own = (quick_instance, loaded, ASSET, partitions, day(number))
        windows = describe_loaded_windows(*before, day(number)) if has_windows else {}
        cursors = describe_loaded_cursors(*own, is_whole=False) if is_recorded else {}
        metadata = {"window": str(day(number)), **windows, **cursors}
        with time_machine.travel(utc(2026, 1, number + 1, 0, 15)):
            event = dg.AssetMaterialization(ASSET, metadata=metadata)
            quick_instance.report_runless_asset_event(event)

    def named(loaded: ResourceDeclaration) -> dict[str, list[str]]:
        now = utc(2026, 1, 9)
        return find_loaded_by_others(quick_instance, loaded, ASSET, partitions, now)

    for number in range(1, 5):
        load(one, number, is_recorded=False)
    for number in (5, 6):
        load(one, number)
        assert named(one) == {}
    load(other, 7)
    assert named(other) == {"created": [f"2026-01-0{number}" for number in range(1, 7)]}
    for number in (5, 6):
        load(other, number)
    assert named(other) == {"created": [f"2026-01-0{number}" for number in range(1, 5)]}


def test_rows_that_a_changed_cursor_moves_to_loaded_partitions_are_a_warning_until_they_are_loaded(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    moved = row(1, "2026-01-03T10:00:00Z", created="2026-01-05T10:00:00Z")
    api.always("/items", {"data": [moved, *(row(n, f"2026-01-0{n}T10:00:00Z") for n in (4, 5))]})
    first, corrected = (
        deploy(declare(resource(incremental=cursor)), quick_instance)
        for cursor in (CREATED, UPDATED)
    )
    with at(utc(2026, 1, 5, 0, 15)):
        assert first.load("2026-01-03", "2026-01-04").success
    with at(utc(2026, 1, 6, 0, 15)):
        verdict = corrected.load("2026-01-05").verdicts["items/cursor"]
        assert table("items") == [4, 5]
        alone = corrected.check("items", "cursor").verdicts["items/cursor"]
        again = corrected.load("2026-01-03", "2026-01-04").verdicts["items/cursor"]
    assert (verdict.passed, verdict.severity) == (False, "WARN")
    sentence = (
        "demo.items: 2 partitions, from 2026-01-03 to 2026-01-04, were loaded by the cursor "
        "created, and the declaration says updated_at: rows that the new cursor moves there may be "
        "missing; load them again."
    )
    assert verdict.sentence.startswith(sentence)
    assert verdict.figures["partitions_of_other_cursors"] == 2
    assert alone.sentence.startswith(sentence)
    assert (again.passed, table("items")) == (True, [1, 4, 5])
