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


def test_a_function_of_the_document_and_its_constants_are_read(desk: Desk) -> None:
    code = (
        "STATES = ['open']\n"
        "def is_open(row):\n"
        '    """Keep what is open."""\n'
        "    return row['state'] in STATES\n"
    )
    written = desk.new(write_filter("is_open").replace("source =", f"{code}source ="))
    expected = {"filter": "{{ record['state'] in ['open'] }}"}
    assert written.resource("orders")["processing_steps"] == [expected]


CHANGES = [
    "lambda r: {**r, 'of_x': r['of'].get('x'), 'source': 'shop'}",
    "lambda r: r | {'day': r['at'][:7]}",
    "lambda r: {**r, 'zip': '007', 'text': f\"{r['state']}/{r['n']}\"}",
    "lambda r: {**r, 'n': r['n'] + 1}",
    "lambda r: {**r, 'copy': r['tags']}",
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
        "def change(row):\n"
        "    row['modified'] = row['audit']['Last modified']\n"
        "    del row['audit']\n"
        "    row.pop('notes', None)\n"
        "    return row\n"
    )
    text = (
        write_filter("change").replace('"filter"', '"map"').replace("source =", f"{code}source =")
    )
    added = {"value": "{{ record['audit']['Last modified'] }}", "type": "any"}
    expected = [{"add": {"modified": added}}, {"remove": ["audit"]}, {"remove": ["notes"]}]
    assert desk.new(text).resource("orders")["processing_steps"] == expected


def test_a_function_with_a_condition_is_reported(desk: Desk) -> None:
    code = "def change(row):\n    if row['a']:\n        row['b'] = 1\n    return row\n"
    text = (
        write_filter("change").replace('"filter"', '"map"').replace("source =", f"{code}source =")
    )
    written = desk.new(text)
    assert "processing_steps" not in written.resource("orders")
    assert any("the function change on line" in line for line in written.assumed)
