"""The rows behind the sample API: the same every time, spread over a month, clean or dirty."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from analytics_ingest.demo.sample_api.data import SampleData
from analytics_ingest.demo.sample_api.fields import Field, read_fields
from analytics_ingest.demo.sample_api.listings import APIS

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=timezone.utc)
TOP = [(api, one) for api, entry in APIS.items() for one in entry.listings if not one.parent]
ALL = [(api, one.resource) for api, entry in APIS.items() for one in entry.listings]

KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "timestamp": str,
    "object": dict,
    "array": list,
}


def moment(text: str) -> datetime:
    form = "%Y-%m-%dT%H:%M:%S.%f%z" if "." in text else "%Y-%m-%dT%H:%M:%S%z"
    return datetime.strptime(text.replace(" ", "T"), form)


def readable(value: Any) -> bool:
    try:
        return moment(value) is not None
    except (TypeError, ValueError, AttributeError):
        return False


def fits(value: Any, field: Field) -> bool:
    if value is None:
        return field.nullable
    if isinstance(value, bool) != (field.kind == "boolean"):
        return False
    return isinstance(value, KINDS[field.kind]) and (field.kind != "timestamp" or readable(value))


def everything(data: SampleData) -> dict[tuple[str, str], list[dict[str, Any]]]:
    return {key: data.list_rows(*key) for key in ALL}


@pytest.mark.parametrize("dirty", [False, True])
def test_the_same_arguments_give_the_same_rows_in_whatever_order_they_are_asked(
    dirty: bool,
) -> None:
    first = everything(SampleData(NOW, 0.5, dirty))
    backwards = SampleData(NOW.astimezone(timezone(timedelta(hours=5))), 0.5, dirty)
    assert {key: backwards.list_rows(*key) for key in reversed(ALL)} == first
    assert everything(SampleData(NOW, 0.5, dirty, seed=8)) != first


def test_scale_multiplies_the_top_level_rows(data: SampleData) -> None:
    double, none = SampleData(NOW, 2), SampleData(NOW, 0)
    for api, listing in TOP:
        many = len(data.list_rows(api, listing.resource))
        assert len(double.list_rows(api, listing.resource)) == (many if many == 1 else 2 * many)
        assert len(none.list_rows(api, listing.resource)) == (1 if many == 1 else 0)


def test_clean_rows_have_unique_ids_and_every_declared_field_in_its_type(data: SampleData) -> None:
    for (api, resource), rows in everything(data).items():
        fields = read_fields(api)[resource]
        assert len({row["id"] for row in rows}) == len(rows) > 0
        for row in rows:
            assert row.keys() == fields.keys()
            assert all(fits(row[name], field) for name, field in fields.items()), (resource, row)
        values = [value for row in rows for value in row.values()]
        assert values.count(None) < len(values) / 5


def test_updated_at_covers_the_month_before_now_and_something_older(data: SampleData) -> None:
    for (_, resource), rows in everything(data).items():
        if resource == "subscribers":
            continue
        moments = [moment(row["updated_at"]) for row in rows]
        recent = [one for one in moments if one >= NOW - timedelta(days=30)]
        older = [one for one in moments if one < datetime(2026, 1, 1, tzinfo=timezone.utc)]
        assert sorted(recent + older) == sorted(moments)
        assert max(moments) < NOW
        assert len({one.date() for one in recent}) >= min(28, len(rows) / 2)
        if len(rows) >= 10:
            assert 1 <= len(older) <= max(1, len(rows) / 20)
            assert any(
                one.astimezone(timezone.utc).time().isoformat() == "00:00:00" for one in recent
            )
        assert all(
            row.get("created_at") is None or moment(row["created_at"]) < changed
            for row, changed in zip(rows, moments, strict=True)
        )


def test_a_period_may_reach_back_before_2026() -> None:
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    moments = [
        moment(row["updated_at"]) for row in SampleData(now).list_rows("status_pages", "pages")
    ]
    assert max(moments) < now
    assert 1 <= sum(one < now - timedelta(days=30) for one in moments) <= 6


def test_updated_at_is_spelled_in_six_ways(data: SampleData) -> None:
    spelled = Counter(
        re.sub(r"\d", "9", row["updated_at"]) for row in data.list_rows("commerce", "transactions")
    )
    assert spelled.keys() == {
        "9999-99-99T99:99:99Z",
        "9999-99-99T99:99:99.999999Z",
        "9999-99-99T99:99:99.9Z",
        "9999-99-99T99:99:99+99:99",
        "9999-99-99 99:99:99+99:99",
        "9999-99-99T99:99:99+9999",
    }


def test_children_belong_to_their_parent_and_change_without_it(data: SampleData) -> None:
    api = "project_tracking"
    epics = data.list_rows(api, "epics")
    stories = [data.find_children(api, "epics_stories", epic["id"]) for epic in epics]
    assert [row for below in stories for row in below or []] == data.list_rows(api, "epics_stories")
    assert [] in stories
    assert data.find_children(api, "epics_stories", 0) is None
    changed = {epic["id"]: moment(epic["updated_at"]).date() for epic in epics}
    for row in data.list_rows(api, "epics_stories"):
        assert row["epic_id"] in changed
    assert any(
        moment(row["updated_at"]).date() > changed[row["epic_id"]]
        for row in data.list_rows(api, "epics_stories")
    )
    assert all(row["milestone_id"] for row in data.list_rows(api, "milestones_epics"))
    assert all(len(row["objective_ids"]) == 1 for row in data.list_rows(api, "objectives_epics"))


DIRT: dict[str, Callable[[dict[str, Any], dict[str, Field]], bool]] = {
    "cursor null": lambda row, fields: row.get("updated_at", "") is None,
    "cursor absent": lambda row, fields: "updated_at" in fields and "updated_at" not in row,
    "cursor unreadable": lambda row, fields: (
        isinstance(row.get("updated_at"), str) and not readable(row["updated_at"])
    ),
    "id null": lambda row, fields: row.get("id", "") is None,
    "id absent": lambda row, fields: "id" not in row,
    "text as number": lambda row, fields: _drifted(row, fields, ("number", "integer"), str),
    "number as text": lambda row, fields: _drifted(row, fields, ("string",), (int, float)),
    "object as text": lambda row, fields: _drifted(row, fields, ("string",), dict),
    "text as timestamp": lambda row, fields: any(
        field.kind == "timestamp" and name != "updated_at" and not fits(row.get(name), field)
        for name, field in fields.items()
    ),
    "undeclared field": lambda row, fields: bool(row.keys() - fields.keys()),
}


def _drifted(
    row: dict[str, Any],
    fields: dict[str, Field],
    kinds: tuple[str, ...],
    into: type | tuple[type, ...],
) -> bool:
    return any(
        field.kind in kinds and isinstance(row.get(name), into) for name, field in fields.items()
    )


@pytest.mark.parametrize("api", [api for api in APIS if api != "content_library"])
@pytest.mark.parametrize("scale", [0.4, 1])
def test_dirty_rows_have_every_kind_of_dirt_and_most_rows_stay_clean(
    api: str, scale: float
) -> None:
    data, declared = SampleData(NOW, scale, dirty=True), read_fields(api)
    rows = [
        (row, declared[one.resource])
        for one in APIS[api].listings
        for row in data.list_rows(api, one.resource)
    ]
    found = Counter(kind for kind, is_so in DIRT.items() for row in rows if is_so(*row))
    assert found.keys() == DIRT.keys()
    assert sum(found.values()) < len(rows) / 3


def test_a_parent_without_an_id_has_no_children() -> None:
    data = SampleData(NOW, 4, dirty=True)
    parents = data.list_rows("project_tracking", "epics")
    known = {row["id"] for row in parents if row.get("id") is not None}
    assert 0 < len(known) < len(parents)
    assert data.find_children("project_tracking", "epics_stories", "None") is None
    assert {row["epic_id"] for row in data.list_rows("project_tracking", "epics_stories")} <= known


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SampleData(datetime(2026, 11, 21))
    with pytest.raises(ValueError, match="negative"):
        SampleData(NOW, -1)
