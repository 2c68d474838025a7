"""Python functions that filter rows become expressions that keep the same rows."""

from typing import Any

import pytest

from analytics_ingest.common.expressions.evaluate import evaluate, is_true
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
LEFT_OUT = [
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


@pytest.mark.parametrize("function", LEFT_OUT)
def test_a_function_that_is_not_an_expression_is_left_out_by_name(
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


def test_a_function_that_changes_rows_is_left_out_and_other_steps_stay(desk: Desk) -> None:
    steps = '"processing_steps": [{"map": lambda r: r}, {"filter": lambda r: r["a"] > 1}]'
    written = desk.new(orders(resource=f"{steps},"))
    expected = {"filter": "{{ record['a'] > 1 }}"}
    assert written.resource("orders")["processing_steps"] == [expected]
    reason = "orders: processing_steps.map is left out: lambda expression on line"
    assert any(line.startswith(reason) for line in written.assumed)
