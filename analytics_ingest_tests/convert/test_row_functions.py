"""Python functions of rows become steps that keep and change rows as they do."""

from typing import Any

import pytest

from analytics_ingest.common.expressions.evaluate import evaluate, is_true
from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.convert.writing import Desk, orders

ROWS: list[dict[str, Any]] = [
    {"state": "open", "n": 3, "at": "2026-11-01", "tags": ["a"], "of": {"x": 1}, "is": True},
    {"state": "draft", "n": 0, "at": "2026-12-01", "tags": [], "of": {"x": None}, "is": False},
    {"state": "it's", "n": 12, "at": "2027-01-01", "tags": ["b", "a"], "of": {}, "is": "false"},
]
TRANSLATED = [
    "lambda row: row['state'] == 'open'",
    "lambda r: r['state'] != \"it's\" and r['n'] > 1",
    "lambda r: not r['is']",
    "lambda r: r['is']",
    "lambda r: r['n'] or r['tags']",
    "lambda r: 1 < r['n'] <= 12",
    "lambda r: r['state'] in {'open', 'new'}",
    "lambda r: r['state'] not in ('open', 'new') or len(r['tags']) == 2",
    "lambda r: r['of'].get('x') is not None",
    "lambda r: r.get('none', {}).get('x', 7) == 7",
    "lambda r: r['at'][:4] == '2026' and r['at'][5:7] != '12'",
    "lambda r: r['state'].upper().startswith('OP')",
    "lambda r: r['n'] % 2 == 0 if r['tags'] else r['n'] - 1 < 0",
    "lambda r: r['tags'][0] == 'a' if len(r['tags']) else False",
    "lambda r: 'a' in r['tags']",
    "lambda r: int(str(r['n'])) * 2 > -1",
]
FILTERS_LEFT_OUT = [
    "lambda r: any(r['tags'])",
    "lambda r: [t for t in r['tags']]",
    "lambda r: r.state == 'open'",
    "lambda r: r['at'].format(1)",
    "lambda r, other: r['is']",
    "lambda r, n=3: r['n'] > n",
    "lambda r: unknown(r)",
    "lambda r: r['n'] > limit",
    "lambda r: (lambda s: s)(r)",
    "lambda *r: r",
    "lambda r: r['n'] ** 2 > 4",
    "lambda r: len({r['n'], r['at']}) == 2",
    "lambda r: {r['n']} == {3}",
    "lambda r, /: r['is']",
    "lambda r: int(r['at'], 16)",
    "lambda r: '%s' % r['n'] == '3'",
    "lambda r: r['of'] == '}}'",
    "lambda len: len['is']",
    "lambda r: " + " + ".join(["r['n']"] * 300) + " > 1",
]


def write_filter(function: str) -> str:
    """A document whose resource has one step, a filter."""
    return orders(resource=f'"processing_steps": [{{"filter": {function}}}],')


@pytest.mark.parametrize("function", TRANSLATED)
def test_the_expression_keeps_the_rows_that_the_function_keeps(desk: Desk, function: str) -> None:
    written = desk.new(write_filter(function))
    (step,) = written.resource("orders")["processing_steps"]
    kept = [is_true(evaluate(step["filter"], {"record": row}, "filter")) for row in ROWS]
    assert kept == [bool(eval(function)(row)) for row in ROWS]
    assert any(step["filter"] in line for line in written.assumed)


@pytest.mark.parametrize("function", FILTERS_LEFT_OUT)
def test_a_function_that_is_not_an_expression_is_reported_by_name(
    desk: Desk, function: str
) -> None:
    written = desk.new(write_filter(function))
    assert "processing_steps" not in written.resource("orders")
    (line,) = [line for line in written.assumed if "processing_steps" in line]
    assert line.startswith("orders: processing_steps.filter is left out: lambda expression")


def test_a_lambda_in_a_text_is_read_as_well(desk: Desk) -> None:
    written = desk.new(write_filter("\"lambda r: r['state'] == 'open'\""))
    expected = {"filter": "{{ record['state'] == 'open' }}"}
    assert written.resource("orders")["processing_steps"] == [expected]


def write_function(code: str, step: str = "filter") -> str:
    """A document that defines a function, and uses it in a step."""
    text = write_filter("is_open").replace('"filter"', f'"{step}"')
    return text.replace("source =", f"{code}\nsource =")


def test_a_function_of_the_document_is_read(desk: Desk) -> None:
    code = 'def is_open(row):\n    """Keep what is open."""\n    return row["state"] == "open"\n'
    written = desk.new(write_function(code))
    expected = {"filter": "{{ record['state'] == 'open' }}"}
    assert written.resource("orders")["processing_steps"] == [expected]


OTHER_FUNCTIONS = [
    "@negate\ndef is_open(row):\n    return row['a'] == 1\n",
    "async def is_open(row):\n    return row['a'] == 1\n",
    "def is_open(row, *rest):\n    return row['a'] == 1\n",
    "def is_open(row, /):\n    return row['a'] == 1\n",
    "STATES = ['a']\ndef is_open(row):\n    return row['a'] in STATES\n",
    "record = {'a': 1}\ndef is_open(row):\n    return row['a'] == record['a']\n",
    "if TEST:\n    def is_open(row):\n        return row['a']\n"
    "else:\n    def is_open(row):\n        return not row['a']\n",
]


@pytest.mark.parametrize("code", OTHER_FUNCTIONS)
def test_a_function_that_reads_more_than_the_row_is_reported(desk: Desk, code: str) -> None:
    written = desk.new(write_function(code))
    assert "processing_steps" not in written.resource("orders")
    assert any("processing_steps.filter is left out" in line for line in written.assumed)


CHANGES = [
    "lambda r: {**r, 'of_x': r['of'].get('x'), 'source': 'shop'}",
    "lambda r: r | {'day': r['at'][:7]}",
    "lambda r: {**r, 'zip': '007', 'text': f\"{r['state']}/{r['n']}\"}",
    "lambda r: {**r, 'n': r['n'] + 1}",
    "lambda r: {**r, 'label': f\"{r['state']}-{r['of'].get('x')}\", 'b': str(r['is'])}",
    "lambda r: {**r, 'copy': r['tags']}",
    "lambda r: {**r, 'key': '::'.join([r['state'], r['at'], 'x'])}",
    "lambda r: {**r, 'key': ', '.join((r['state'], r['at']))}",
    "lambda r: r",
]
CHANGES_LEFT_OUT = [
    "lambda r: {'id': r['n']}",
    "lambda r: {**r, 'n': 1, 'm': r['n']}",
    "lambda r: {**r, **r['of']}",
    "lambda r: {**r, 'x': sum(r['tags'])}",
    "lambda r: {**r, 'x.y': 1}",
    "lambda r: f(r)",
    "lambda r: {**r, 'x': f\"{r['n']:03d}\"}",
    "lambda r: {**r, 'x': {'y': {'z': 1}}}",
    "lambda r: {**r, 'x': 1, 'y': str(r)}",
    "lambda r: {**r, 'x': 1, 'y': len(r)}",
    "lambda r: {**r, 'key': '-'.join(r['tags'])}",
    "lambda r: {**r, 'key': '-'.join(t for t in r['tags'])}",
    "lambda r: {**r, 'a?': 1}",
]


@pytest.mark.parametrize("function", CHANGES)
def test_the_steps_change_rows_as_the_function_does(desk: Desk, function: str) -> None:
    written = desk.new(write_filter(function).replace('"filter"', '"map"'))
    steps = RowSteps(written.declaration.resources["orders"], SettingValues("shop"))
    assert steps.apply(ROWS, {}) == [eval(function)(row) for row in ROWS]
    assert "orders: rows are changed as by lambda expression on line 7" in written.assumed


@pytest.mark.parametrize("function", CHANGES_LEFT_OUT)
def test_a_change_that_steps_cannot_express_is_reported_by_name(desk: Desk, function: str) -> None:
    written = desk.new(write_filter(function).replace('"filter"', '"map"'))
    assert "processing_steps" not in written.resource("orders")
    reason = "orders: processing_steps.map is left out: lambda expression on line"
    assert any(line.startswith(reason) for line in written.assumed)


def test_a_function_that_assigns_and_deletes_fields_becomes_steps(desk: Desk) -> None:
    code = (
        "def is_open(row):\n"
        "    row['modified'] = row['audit']['Last modified']\n"
        "    del row['audit']\n"
        "    row.pop('notes', None)\n"
        "    return row\n"
    )
    added = {"value": "{{ record['audit']['Last modified'] }}", "type": "any"}
    expected = [{"add": {"modified": added}}, {"remove": ["audit"]}, {"remove": ["notes"]}]
    written = desk.new(write_function(code, "map"))
    assert written.resource("orders")["processing_steps"] == expected


OTHER_CHANGES = [
    "    if row['a']:\n        row['b'] = 1\n    return row\n",
    "    del row['amount [EUR]']\n    return row\n",
    "    row.pop('active?')\n    return row\n",
    "    row['n'] += 1\n    return row\n",
    "    row['n'] = 1\n",
]


@pytest.mark.parametrize("body", OTHER_CHANGES)
def test_a_function_that_steps_cannot_follow_is_reported(desk: Desk, body: str) -> None:
    written = desk.new(write_function(f"def is_open(row):\n{body}", "map"))
    assert "processing_steps" not in written.resource("orders")
    assert any("processing_steps.map is left out" in line for line in written.assumed)


def test_steps_behind_one_that_is_reported_are_too(desk: Desk) -> None:
    steps = '"processing_steps": [{"map": lambda r: f(r)}, {"filter": lambda r: r["flag"]}],'
    written = desk.new(orders(resource=steps))
    assert "processing_steps" not in written.resource("orders")
    reason = "orders: processing_steps is left out: 1 more of its steps follow an omitted one"
    assert any(line.startswith(reason) for line in written.assumed)
