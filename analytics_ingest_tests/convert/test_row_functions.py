"""Python functions of rows become steps that keep and change rows as they do."""

from typing import Any

import pytest

from analytics_ingest.common.expressions.evaluate import evaluate, is_true
from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.convert.writing import Desk, orders

ITEMS = [{"k": "a", "v": 3}, {"k": "b", "v": None}, {"k": "b", "v": 0}, {"k": "a", "v": 5}]
ROWS: list[dict[str, Any]] = [
    {
        "state": "open",
        "n": 3,
        "at": "2026-11-01",
        "tags": ["a"],
        "of": {"x": 1},
        "is": True,
        "list": ITEMS,
    },
    {
        "state": "draft",
        "n": 0,
        "at": "2026-12-01",
        "tags": [],
        "of": {"x": None},
        "is": False,
        "list": ITEMS,
    },
    {
        "state": "it's",
        "n": 12,
        "at": "2027-01-01",
        "tags": ["b", "a"],
        "of": {},
        "is": "false",
        "list": ITEMS,
    },
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


GET, IDS = "dlt.config.get('states')", "dlt.config['states']"
OF_SETTINGS = [
    (f"lambda r: r['state'] in {IDS} if {GET} else True", True),
    (f"lambda r: not {GET} or r['state'] in {GET}", True),
    (f"lambda r: not (dlt.config.get('states', None) and r['state'] not in {IDS})", True),
    ("lambda r: not states or r['state'] in states", True),
    (f"lambda r: r['state'] in {IDS}", False),
]


@pytest.mark.parametrize(("function", "is_optional"), OF_SETTINGS)
@pytest.mark.parametrize("states", [["open"], [], None])
def test_a_filter_by_a_setting_keeps_what_the_function_keeps(
    desk: Desk, function: str, is_optional: bool, states: list[str] | None
) -> None:
    document = write_filter(function).replace("source =", f"states = {IDS}\nsource =")
    written = desk.new(document)
    (step,) = written.resource("orders")["processing_steps"]
    config = {"states": states} if states is not None else {}
    kept = [
        is_true(evaluate(step["filter"], {"record": row, "config": config}, "filter"))
        for row in (ROWS if is_optional or config else ())
    ]
    assert kept == [
        (row["state"] in states) if states or not is_optional else True for row in ROWS[: len(kept)]
    ]
    note = written.to_be_set["SOURCES__SHOP__STATES"]
    assert note == f"{'optional; ' if is_optional else ''}filters rows of orders"


@pytest.mark.parametrize(
    "function",
    [
        "lambda r: r['n'] > dlt.config['least']",
        "lambda r: r['state'] == dlt.config.get('states')",
        "lambda r: r['state'] in dlt.secrets['states']",
        "lambda r: r['state'] in config.get('states')",
        "lambda r: dlt.config['states'] or r['is']",
        "lambda r: r['state'] in dlt.config.get('states', ['open'])",
        "lambda config: config['state'] in dlt.config['states']",
        "lambda r: len(dlt.config['states']) == 0",
    ],
)
def test_a_filter_that_reads_settings_otherwise_is_reported(desk: Desk, function: str) -> None:
    written = desk.new(write_filter(function))
    assert "processing_steps" not in written.resource("orders")
    assert any("processing_steps.filter is left out" in line for line in written.assumed)


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
    "lambda r: dict(r, day=r['at'][:7], source='shop')",
    "lambda r: {**r, 'zip': '007', 'text': f\"{r['state']}/{r['n']}\"}",
    "lambda r: {**r, 'n': r['n'] + 1}",
    "lambda r: {**r, 'label': f\"{r['state']}-{r['of'].get('x')}\", 'b': str(r['is'])}",
    "lambda r: {**r, 'copy': r['tags']}",
    "lambda r: {**r, 'key': '::'.join([r['state'], r['at'], 'x'])}",
    "lambda r: {**r, 'key': ', '.join((r['state'], r['at']))}",
    "lambda r: {**r, 'x': next((t for t in r['list'] if t['k'] == 'b'), {}).get('v')}",
    "lambda r: {**r, 'x': next((t['v'] for t in r['list'] if 'z' == t['k']), 0) + 1}",
    "lambda r: {**r, 'x': [t['v'] for t in r['list'] if t.get('k') == 'a'][-1]}",
    "lambda r: {**r, 'x': [t['v'] for t in r['list'] if t['k'] == 'a' and t['v'] == 3][0]}",
    "lambda r: {**r, 'x': {t['k']: t['v'] for t in r.get('list') or []}.get('c', 'none')}",
    "lambda r: {**r, 'x': {t['k']: t for t in r['list']}['a']['v'] * 2}",
    "lambda r: {**r, 'x': next((t['k'] for t in r['list'] if t['v'] == r['n']), None)}",
    "lambda r: {**r, 'x': next(t['v'] for t in r['list'])}",
    "lambda r: {**r, 'x': next((t['v'] for t in r['list'] if t['k'] == 'b'), 0)}",
    "lambda r: r",
]
CHANGES_LEFT_OUT = [
    "lambda r: {'id': r['n']}",
    "lambda r: {**r, 'n': 1, 'm': r['n']}",
    "lambda r: {**r, **r['of']}",
    "lambda r: {**r, 'x': sum(r['tags'])}",
    "lambda r: {**r, 'x.y': 1}",
    "lambda r: dict(r, **r['of'])",
    "lambda r: r.update({'a': 1}) or r['of']",
    "lambda r: f(r)",
    "lambda r: {**r, 'x': f\"{r['n']:03d}\"}",
    "lambda r: {**r, 'x': {'y': {'z': 1}}}",
    "lambda r: {**r, 'x': 1, 'y': str(r)}",
    "lambda r: {**r, 'x': 1, 'y': len(r)}",
    "lambda r: {**r, 'key': '-'.join(r['tags'])}",
    "lambda r: {**r, 'key': '-'.join(t for t in r['tags'])}",
    "lambda r: {**r, 'a?': 1}",
    "lambda r: {**r, 'x': datetime.now(ZoneInfo('Asia/Tokyo'))}",
    "lambda r: {**r, 'x': datetime.utcnow() - timedelta(days=1)}",
    "lambda r: {**r, 'x': now()}",
    "lambda r: {**r, 'x': next((t.get('v') for t in r['list'] if t['k'] == 'b'), 0)}",
    "lambda r: {**r, 'x': next((t['v'] for t in r['list'] if t['v'] > 1), 0)}",
    "lambda r: {**r, 'x': next((t['v'] + 1 for t in r['list']), 0)}",
    "lambda r: {**r, 'x': next((t['a.b'] for t in r['list']), 0)}",
    "lambda r: {**r, 'x': next((t['values'] for t in r['list']), 0)}",
    "lambda r: {**r, 'x': [t['v'] for t in r['list']]}",
    "lambda r: {**r, 'x': {t['k']: t['v'] for t in r['list']}}",
    "lambda r: {**r, 'x': 'b' in {t['k']: t['v'] for t in r['list']}}",
    "lambda r: {**r, 'x': next(u['v'] for t in r['list'] for u in t)}",
]


PRESENT = [
    ("now_utc()", "{{ now_utc() }}"),
    ("datetime.utcnow()", "{{ now_utc() }}"),
    ("pendulum.now('UTC')", "{{ now_utc() }}"),
    ("date.today()", "{{ today_utc() }}"),
    ("str(datetime.now(timezone.utc).date())", "{{ today_utc() }}"),
    ("datetime.now(timezone.utc).isoformat()", "{{ now_utc().isoformat() }}"),
    ("datetime.utcnow().isoformat()", "{{ now_utc().replace(tzinfo=none).isoformat() }}"),
    ("datetime.now(UTC).strftime('%Y-%m')", "{{ now_utc().strftime('%Y-%m') }}"),
    ("pendulum.now('UTC').to_date_string()", "{{ now_utc().strftime('%Y-%m-%d') }}"),
    ("int(time.time())", "{{ int((timestamp(now_utc()))) }}"),
    ("r.get('at') or now_utc()", "{{ record.get('at') or (str(now_utc())) }}"),
]


@pytest.mark.parametrize(("code", "expression"), PRESENT)
def test_the_present_is_that_of_utc(desk: Desk, code: str, expression: str) -> None:
    written = desk.new(write_filter(f"lambda r: {{**r, 'x': {code}}}").replace('"filter"', '"map"'))
    ((added,),) = [step["add"].values() for step in written.steps["orders"]]
    assert (added if isinstance(added, str) else added["value"]) == expression
    steps = RowSteps(written.declaration.resources["orders"], SettingValues("shop"))
    assert all(row["x"] for row in steps.apply(ROWS, {}))


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


def test_an_update_that_returns_the_row_is_read(desk: Desk) -> None:
    function = "lambda r: r.update({'a': 1}) or r"
    written = desk.new(write_filter(function).replace('"filter"', '"map"'))
    assert written.steps == {"orders": [{"add": {"a": {"value": "{{ 1 }}", "type": "any"}}}]}


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


FUNCTIONS = [
    """
    values = {t["k"]: t["v"] for t in row.get("list", [])}
    row["day"] = row["at"][:7]
    for name in NAMES:
        row[name.lower()] = values.get(name.lower(), 7)
    for field in ("list", "tags"):
        row.pop(field, None)
    """,
    """
    of = row["of"]
    label: str = f"{row['state']}-{of.get('x')}"
    row["label"] = label.upper()
    row["of"] = 1
    """,
    """
    row = dict(row)
    row.update({"a": row["n"], "b": PREFIX + "x"})
    row.update(c=LABELS.get(row["state"], "other"))
    """,
    """
    row["day"] = row.pop("at")
    row["none"] = row.pop("missing", None)
    row["seven"] = row.pop("missing", 7)
    """,
    """
    if "at" in row:
        row["day"] = row.pop("at")
    if "missing" in row:
        row["found"] = row.pop("missing")
    if "tags" in row:
        del row["tags"]
    """,
    """
    for old, new in {"at": "day", "state": "status"}.items():
        row[new] = row.pop(old)
    for old, new in [("n", "number")]:
        row[f"{PREFIX}{new}"] = row[old]
    """,
]
CONSTANTS = """NAMES = ["A", "B", "C"]
PREFIX = "shop_"
LABELS = {"open": "Open", "draft": "Draft"}
"""


@pytest.mark.parametrize("body", FUNCTIONS)
def test_statements_change_rows_as_steps_do(desk: Desk, body: str) -> None:
    code = f"{CONSTANTS}\ndef is_open(row):{body}return row\n"
    written = desk.new(write_function(code, "map"))
    steps = RowSteps(written.declaration.resources["orders"], SettingValues("shop"))
    names: dict[str, Any] = {}
    exec(code, names)
    assert steps.apply(ROWS, {}) == [names["is_open"](copy_tree(row)) for row in ROWS]
    assert not any("left out" in line for line in written.assumed)


OTHER_CHANGES = [
    "    if row['a']:\n        row['b'] = 1\n    return row\n",
    "    del row['amount [EUR]']\n    return row\n",
    "    row.pop('active?')\n    return row\n",
    "    row['n'] += 1\n    return row\n",
    "    row['n'] = 1\n",
    "    n = row['n']\n    row['n'] = 1\n    row['m'] = n\n    return row\n",
    "    n = row.pop('n')\n    return row\n",
    "    of = row['of']\n    of['x'] = 1\n    return row\n",
    "    for name in row['tags']:\n        row[name] = 1\n    return row\n",
    "    for name in STATES:\n        row[name] = 1\n    return row\n",
    "    for name in ['a']:\n        continue\n    return row\n",
    "    row.update(row['of'])\n    return row\n",
    "    row.update(x=1, y=row['x'])\n    return row\n",
    "    if 'a' in row:\n        row['b'] = 1\n    return row\n",
    "    if 'a' in row:\n        row.pop('b')\n    return row\n",
    "    row['a.b'] = row.pop('a')\n    return row\n",
    "    row['a'] = LIMIT\n    return row\n",
    "    row['a'] = EXTENDED\n    return row\n",
]


@pytest.mark.parametrize("body", OTHER_CHANGES)
def test_a_function_that_steps_cannot_follow_is_reported(desk: Desk, body: str) -> None:
    changed = "STATES = ['a']\nEXTENDED = []\nEXTENDED.append(1)\nLIMIT = 1\n"
    other = "def other(STATES, x):\n    global LIMIT\n    LIMIT = x\n"
    written = desk.new(write_function(f"{changed}{other}def is_open(row):\n{body}", "map"))
    assert "processing_steps" not in written.resource("orders")
    assert any("processing_steps.map is left out" in line for line in written.assumed)


def test_steps_behind_one_that_is_reported_are_too(desk: Desk) -> None:
    steps = '"processing_steps": [{"map": lambda r: f(r)}, {"filter": lambda r: r["flag"]}],'
    written = desk.new(orders(resource=steps))
    assert "processing_steps" not in written.resource("orders")
    reason = "orders: processing_steps is left out: 1 more of its steps follow an omitted one"
    assert any(line.startswith(reason) for line in written.assumed)
