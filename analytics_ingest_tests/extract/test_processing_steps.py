"""Processing steps mean what airbyte-cdk's transformations and its record filter mean.

The expected rows are those that airbyte-cdk makes of the same row with the same steps.
"""

import copy
from typing import Any

import pytest

from analytics_ingest.declaration.models.processing import ProcessingStep
from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.support.loads import declare, resource

ROW: dict[str, Any] = {
    "id": 7,
    "Name": "Ab",
    "n": "5",
    "empty": "",
    "nil": None,
    "flag": True,
    "tags": ["x", {"k": 1, "z": 2}],
    "a": {"b": {"c": 3, "id": 9}, "list": [1, 2], "e": {}},
    "camelCaseKey 2x": {"Inner Key": 1},
    "9lives": 1,
    "ÄUmlaut": 2,
}
SLICE = {"part": "p1", "start_time": "2026-01-05T00:00:00Z"}
GONE = object()
INNER_ALONE = {**dict.fromkeys(ROW, GONE), "c": 3, "id": 9}
"""The object at a.b in the place of the row."""

# A step, and what it changes of the row.
CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"add": {"x": "{{ record['id'] + 1 }}"}}, {"x": 8}),
    ({"add": {"x.y": "{{ record.Name ~ config.key }}"}}, {"x": {"y": "Abv"}}),
    (
        {"add": {"a.b.new": "{{ stream_partition.part }}"}},
        {"a": {"b": {"c": 3, "id": 9, "new": "p1"}, "list": [1, 2], "e": {}}},
    ),
    ({"add": {"x": "{{ record.n }}"}}, {"x": 5}),
    ({"add": {"x": "{{ record.tags }}"}}, {"x": ["x", {"k": 1, "z": 2}]}),
    (
        {"add": {"x": "{{ record.a | tojson }}"}},
        {"x": {"b": {"c": 3, "id": 9}, "e": {}, "list": [1, 2]}},
    ),
    ({"add": {"x": "{{ record }}"}}, {"x": ROW}),
    ({"add": {"a.whole": "{{ record.a }}"}}, {"a": {**ROW["a"], "whole": ROW["a"]}}),
    ({"add": {"x": "{{ record.empty or 'none' }}"}}, {"x": "none"}),
    ({"add": {"x": "{{ stream_interval['start_time'] }}"}}, {"x": "2026-01-05T00:00:00Z"}),
    ({"add": {"id": "{{ record.id | string }}"}}, {"id": "7"}),
    ({"add": {"x": "{{ record.flag }}"}}, {"x": True}),
    ({"add": {"x": "{{ record.nil }}"}}, {"x": None}),
    ({"add": {"x": "{{ 'a' if record.id > 5 else 'b' }}"}}, {"x": "a"}),
    ({"add": {"x": "{{ record.tags[1].k }}"}}, {"x": 1}),
    ({"add": {"x": "{{ '' }}"}}, {"x": ""}),
    ({"add": {"x": "{{ record.empty }}"}}, {"x": ""}),
    ({"add": {"x": "a-{{ record.id }}"}}, {"x": "a-7"}),
    ({"add": {"x": "{{ record.Name | hash }}"}}, {"x": "0e4c46df226b9c0cb391311c54f28efe"}),
    ({"add": {"x": "{% if record.flag %}yes{% else %}no{% endif %}"}}, {"x": "yes"}),
    ({"add": {"x": "{{ now_utc().year > 2000 }}"}}, {"x": True}),
    ({"add": {"x": "{{ record.get('a', {}).get('b', {}).get('c') }}"}}, {"x": 3}),
    ({"add": {"x": {"value": "{{ record.n }}", "type": "string"}}}, {"x": "5"}),
    ({"add": {"x": {"value": "{{ record.n }}", "type": "integer"}}}, {"x": 5}),
    ({"add": {"x": {"value": "{{ record.id }}", "type": "string"}}}, {"x": "7"}),
    ({"add": {"x": {"value": "{{ record.flag }}", "type": "string"}}}, {"x": "True"}),
    ({"add": {"x": {"value": "{{ record.Name }}", "type": "integer"}}}, {"x": "Ab"}),
    ({"add": {"x": {"value": "{{ record.flag }}", "type": "boolean"}}}, {"x": True}),
    (
        {"add": {"x": {"value": "{{ record.tags }}", "type": "string"}}},
        {"x": "['x', {'k': 1, 'z': 2}]"},
    ),
    ({"add": {"x": {"value": "{{ 1.5 }}", "type": "number"}}}, {"x": 1.5}),
    ({"add": {"x": "{{ record.id }}"}, "when": "{{ record.id > 100 }}"}, {}),
    ({"add": {"x": "{{ record.id }}"}, "when": "{{ value == 7 }}"}, {"x": 7}),
    ({"remove": ["id"]}, {"id": GONE}),
    ({"remove": ["a.b"]}, {"a": {"list": [1, 2], "e": {}}}),
    ({"remove": ["a.*.c"]}, {"a": {"b": {"id": 9}, "list": [1, 2], "e": {}}}),
    ({"remove": ["a.list"]}, {"a": {"b": {"c": 3, "id": 9}, "e": {}}}),
    ({"remove": ["gone.x"]}, {}),
    ({"remove": ["tags.1.k"]}, {"tags": ["x", {"z": 2}]}),
    ({"remove": ["tags.*.k"]}, {"tags": ["x", {"z": 2}]}),
    ({"remove": ["**.id"]}, {"a": {"b": {"c": 3}, "list": [1, 2], "e": {}}, "id": GONE}),
    (
        {"remove": ["*"]},
        {
            "id": GONE,
            "Name": GONE,
            "n": GONE,
            "empty": GONE,
            "nil": GONE,
            "flag": GONE,
            "tags": GONE,
            "a": GONE,
            "camelCaseKey 2x": GONE,
            "9lives": GONE,
            "ÄUmlaut": GONE,
        },
    ),
    (
        {"remove": ["**"]},
        {
            "id": GONE,
            "Name": GONE,
            "n": GONE,
            "empty": GONE,
            "nil": GONE,
            "flag": GONE,
            "tags": GONE,
            "a": GONE,
            "camelCaseKey 2x": GONE,
            "9lives": GONE,
            "ÄUmlaut": GONE,
        },
    ),
    ({"remove": ["n*"]}, {"n": GONE, "nil": GONE}),
    ({"remove": ["a.**"]}, {"a": GONE}),
    ({"remove": ["**"], "when": "{{ property == '' }}"}, {"empty": GONE}),
    ({"remove": ["*"], "when": "{{ property|string == '' }}"}, {"empty": GONE}),
    (
        {"keys": "lower"},
        {
            "camelcasekey 2x": {"Inner Key": 1},
            "äumlaut": 2,
            "name": "Ab",
            "Name": GONE,
            "camelCaseKey 2x": GONE,
            "ÄUmlaut": GONE,
        },
    ),
    (
        {"keys": "snake_case"},
        {
            "name": "Ab",
            "camel_case_key_2_x": {"inner_key": 1},
            "_9_lives": 1,
            "aumlaut": 2,
            "Name": GONE,
            "camelCaseKey 2x": GONE,
            "9lives": GONE,
            "ÄUmlaut": GONE,
        },
    ),
    ({"keys_replace": {" ": "_"}}, {"camelCaseKey_2x": {"Inner_Key": 1}, "camelCaseKey 2x": GONE}),
    (
        {"flatten": {"lists": True}},
        {
            "Inner Key": 1,
            "list.1": 2,
            "list.0": 1,
            "b.id": 9,
            "b.c": 3,
            "tags.1.z": 2,
            "tags.1.k": 1,
            "tags.0": "x",
            "tags": GONE,
            "a": GONE,
            "camelCaseKey 2x": GONE,
        },
    ),
    (
        {"flatten": {"lists": False}},
        {
            "Inner Key": 1,
            "list": [1, 2],
            "c": 3,
            "b.id": 9,  # Airbyte loses it: the row's own id overwrites it.
            "a": GONE,
            "camelCaseKey 2x": GONE,
        },
    ),
    ({"flatten_path": {"path": ["a"]}}, {"b": {"c": 3, "id": 9}, "list": [1, 2], "e": {}}),
    ({"flatten_path": {"path": ["a", "b"]}}, {}),
    ({"flatten_path": {"path": ["a", "list"]}}, {}),
    (
        {"flatten_path": {"path": ["a", "b"], "replace_record": True}},
        INNER_ALONE,
    ),
    (
        {"flatten_path": {"path": ["a"], "delete_origin": True}},
        {"b": {"c": 3, "id": 9}, "list": [1, 2], "e": {}, "a": GONE},
    ),
    (
        {"flatten_path": {"path": ["*", "b"], "replace_record": True}},
        INNER_ALONE,
    ),
    ({"flatten_path": {"path": ["gone"]}}, {}),
    ({"flatten_path": {"path": ["a", "e"], "replace_record": True}}, {}),
    (
        {"flatten_path": {"path": ["a"], "delete_origin": True, "prefix": "p_", "suffix": "_s"}},
        {"p_b_s": {"c": 3, "id": 9}, "p_list_s": [1, 2], "p_e_s": {}, "a": GONE},
    ),
    ({"add": {"x": "{{ record.gone.deep + 1 }}"}}, {"x": None}),
    ({"add": {"x": "5", "y": {"a": 1}, "z.n": [2]}}, {"x": "5", "y": {"a": 1}, "z": {"n": [2]}}),
    ({"add": {"id.deep": 1}}, {"id": {"deep": 1}}),
    (
        {"rename": {"id": "number", "a.b.c": "c", "gone": "x"}},
        {"id": GONE, "number": 7, "a": {"b": {"id": 9}, "list": [1, 2], "e": {}}, "c": 3},
    ),
    (
        {"rename": {"id": "n", "n": "id", "a.b": "empty"}},
        {"id": "5", "n": 7, "empty": {"c": 3, "id": 9}, "a": {"list": [1, 2], "e": {}}},
    ),
    ({"rename": {"id": "n"}}, {"id": GONE, "n": 7}),
    ({"remove": ["a.b.[ci]*"]}, {"a": {"b": {}, "list": [1, 2], "e": {}}}),
]
FILTERS = [
    ("{{ record.id > 5 }}", True),
    ("{{ record.id > 50 }}", False),
    ("{{ record.gone > 5 }}", False),
    ("{{ record.gone }}", False),
    ("{{ record.nil }}", False),
    ("{{ record.n == '5' }}", True),
    ("{{ record.empty }}", False),
    ("{{ 'x' in record.tags }}", True),
    ("{{ record.flag and record.Name == 'Ab' }}", True),
    ("{{ config.key == 'v' }}", True),
    ("{{ stream_partition.part == 'p2' }}", False),
    ("{{ record['a']['b']['c'] == 3 }}", True),
    ("{{ 'False' }}", False),
    ("{{ record.e is defined }}", False),
    ("{{ record.a.e }}", False),
    ("{{ not record.gone }}", True),
    ("record.id > 5", True),
    ("record.nil > 5 if record.nil else false", False),
]


def apply(row: dict[str, Any], *declared: dict[str, Any]) -> list[Any]:
    """The rows that steps make of one."""
    steps = [ProcessingStep.model_validate(step).dump_declared() for step in declared]
    params = {"part": {"type": "each", "values": ["p1"]}}
    declaration = declare(resource(params=params, own={"processing_steps": steps}))
    names = ("stream_partition", "stream_slice", "stream_interval")
    variables: dict[str, Any] = dict.fromkeys(names, SLICE)
    return RowSteps(declaration.resources["items"], SettingValues("demo")).apply([row], variables)


@pytest.fixture(autouse=True)
def setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__KEY", "v")


@pytest.mark.parametrize(("step", "changes"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_step_changes_what_airbyte_changes(step: dict[str, Any], changes: dict[str, Any]) -> None:
    row = copy.deepcopy(ROW)
    expected = {key: value for key, value in {**ROW, **changes}.items() if value is not GONE}
    (changed,) = apply(row, step)
    assert changed == expected
    assert {key: type(value) for key, value in changed.items()} == {
        key: type(value) for key, value in expected.items()
    }
    assert row == ROW  # What the paginator reads.


@pytest.mark.parametrize(("condition", "is_kept"), FILTERS)
def test_a_filter_keeps_what_airbyte_keeps(condition: str, is_kept: bool) -> None:
    assert apply(ROW, {"filter": condition}) == [ROW] * is_kept


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ({"add": {"x": "{{ record.a }}"}}, {"remove": ["a.b"]}),
        ({"add": {"x": "{{ record.a }}"}}, {"add": {"a.b.c": 0}}),
        ({"add": {"x": "{{ {'b': record.a.b} }}"}}, {"remove": ["a.b.c"]}),
        ({"flatten_path": {"path": ["a"], "prefix": "x_"}}, {"remove": ["a.b.c"]}),
        ({"flatten_path": {"path": ["a"], "prefix": "x_"}}, {"add": {"a.list": []}}),
    ],
)
def test_a_field_that_is_copied_stays_as_it_was(
    source: dict[str, Any], change: dict[str, Any]
) -> None:
    (before,), (after,) = apply(ROW, source), apply(ROW, source, change)
    assert after["a"] != before["a"]
    kept = [key for key in before if key.startswith("x")]
    assert kept
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
