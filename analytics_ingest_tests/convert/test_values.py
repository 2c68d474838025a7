"""What an expression in a configuration means, without being run."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import CLIENT, Desk, fenced, orders, shop, source

VALUES = [
    ("True", True),
    ("true", True),
    ("null", None),
    ("-1", -1),
    ("60 * 60 - 1", 3599),
    ("1_000", 1000),
    ("r'a\\b'", "a\\b"),
    ("'a' 'b'", "ab"),
    ("'a' + \"b\"", "ab"),
    ("'%s-%s' % ('a', 1)", "a-1"),
    ("'{0}-{b}-{0}'.format('a', b=2)", "a-2-a"),
    ("'{}-{{{}}}'.format('a', 1)", "a-{{1}}"),
    ("f'{1}-{SIZE}'", "1-5"),
    ("' a/'.strip().rstrip('/')", "a"),
    ("'a'.upper()", "A"),
    ("'a-b'.replace('-', '_')", "a_b"),
    ("','.join(['a', 'b'])", "a,b"),
    ("','.join(FIELDS)", "id,name"),
    ("str(SIZE)", "5"),
    ("('a', 'b')", ["a", "b"]),
    ("[*FIELDS, 'x']", ["id", "name", "x"]),
    ("FIELDS + ['x']", ["id", "name", "x"]),
    ("[f for f in FIELDS]", ["id", "name"]),
    ("[a + b for a, b in [('x', 'y')]]", ["xy"]),
    ("FIELDS[0]", "id"),
    ("OPTIONS['deep']['of']", 7),
    ("OPTIONS.copy()['deep']", {"of": 7}),
    ("{**OPTIONS, 'x': 1}", {"deep": {"of": 7}, "x": 1}),
    ("OPTIONS | {'x': 1}", {"deep": {"of": 7}, "x": 1}),
    ("dict(a=1, **OPTIONS)", {"a": 1, "deep": {"of": 7}}),
    ("OPTIONS.deep", {"of": 7}),
    ("MORE", {"a": 1, "b": 2}),
    ("LONGER", ["a", "b", "c"]),
    ("NAME", "a/b"),
    ("slug('A b')", "a-b"),
    ("None or 'x'", "x"),
    ("'x' or None", "x"),
]
"""Expressions that are data."""

CODE = [
    "SIZE[0]",
    "OPTIONS['nowhere']",
    "'%s' % 1 % 2 ** 3",
    "not SIZE",
    "SIZE and 1",
    "1 if SIZE else 2",
    "[f for f in FIELDS if f]",
    "'{0} {1}'.format('a')",
    "'{'.format('a')",
    "'{}-{0}'.format('a')",
    "'{0:>9}'.format('a')",
    "f'{SIZE:03d}'",
    "','.join([make(1)])",
    "choose('a')",
    "'a'.replace('a', x=1)",
    "'a'.encode()",
    "make(1)(2)",
    "await x",
]
"""Expressions that only Python could evaluate."""

HEAD = """
SIZE: int = 5
FIELDS = ["id", "name"]
OPTIONS = {"deep": {"of": 7}}
MORE = {"a": 1}
MORE.update({"b": 2})
LONGER = ["a"]
LONGER.extend(["b"])
LONGER += ["c"]
NAME = "a"
NAME += "/b"
def slug(text):
    for before, after in [(" ", "-"), ("_", "-")]:
        text = text.replace(before, after)
    return text.lower()
def choose(text):
    if text == "b":
        return "c"
    return text
"""


def value_of(desk: Desk, expression: str) -> Any:
    """What a parameter is that has this value; None also where it is left out."""
    document = orders(f'"params": {{"x": {expression}}}').replace("source =", f"{HEAD}\nsource =")
    return desk.new(document).endpoint().get("params", {}).get("x")


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_an_expression_is_evaluated_as_data(desk: Desk, expression: str, value: Any) -> None:
    assert value_of(desk, expression) == value


@pytest.mark.parametrize("expression", CODE)
def test_what_only_python_could_evaluate_is_omitted(desk: Desk, expression: str) -> None:
    document = orders(f'"params": {{"x": {expression}}}').replace("source =", f"{HEAD}\nsource =")
    found = desk.new(document)
    assert found.endpoint().get("params", {}) == {}
    assert any("params.x is left out" in line for line in found.assumed)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("site", "{settings.site}"),
        ("site=None", "{settings.site}"),
        ("site: str = dlt.config.value", "{settings.site}"),
        ("site: str = dlt.secrets.value", "{settings.site}"),
        ("*, site='main'", "main"),
    ],
)
def test_a_parameter_of_the_function_is_what_its_default_says(
    desk: Desk, parameter: str, value: str
) -> None:
    head = f"@dlt.source\ndef shop({parameter}):\n    "
    document = orders('"params": {"x": site}').replace("source =", f"{head}source =")
    assert desk.new(document).endpoint()["params"] == {"x": value}


def test_a_variable_that_refers_to_a_secret_is_one(desk: Desk) -> None:
    head = "site = dlt.config.value\n"
    document = orders('"params": {"x": site}').replace("source =", f"{head}source =")
    assert desk.new(document).endpoint()["params"] == {"x": "{settings.site}"}


def test_the_client_and_its_auth_may_be_in_blocks_of_their_own(desk: Desk) -> None:
    text = fenced('rest_api_source({"resources": ["orders"]})')
    text += fenced('{"client": {"base_url": "https://shop.test"}}')
    text += fenced('"auth": {"type": "bearer", "token": "x"}')
    found = desk.new(text)
    assert found.client == {"base_url": "https://shop.test", "auth": {"type": "bearer"}}
    assert [line for line in found.assumed if "is taken" in line] == [
        "client is taken from the code on line 13",
        "auth is taken from the code on line 20",
    ]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            shop('{"name": "a", "endpoint": {"path": 5}}'),
            "a: endpoint.path is left out: it is not a text, so the name is the path",
        ),
        (shop('{"name": "a", "endpoint": 5}'), "a: endpoint is left out: it is not an object"),
        (shop('"a"', "5"), "a resource is left out: it is neither a name nor an object"),
        (
            orders(client='"client": {"base_url": "https://a.test", "auth": make()}'),
            "auth is left out: its value is not in the document; declare it",
        ),
        (
            orders(client='"client": {"base_url": "https://a.test", "auth": {"type": "kerberos"}}'),
            "auth is left out: its type 'kerberos' is unknown; declare it",
        ),
        (
            orders(
                client='"client": {"base_url": "https://a.test", "auth": {"type": "api_key", '
                '"api_key": "x"}}'
            ),
            "the key has no name in the document: the header Authorization",
        ),
        (
            orders(
                client='"client": {"base_url": "https://a.test", "auth": "bearer", "headers": '
                '{"Authorization": "x"}}'
            ),
            "headers.Authorization is left out: auth says it",
        ),
    ],
)
def test_what_has_another_shape_is_reported(desk: Desk, document: str, message: str) -> None:
    assert message in desk.new(document).assumed


def test_an_expression_that_cannot_be_evaluated_is_omitted_and_reported(desk: Desk) -> None:
    headers = '"headers": {"X-Day": "{{ now() }}", "X-Team": "a"}'
    client = f'"client": {{"base_url": "https://a.test", {headers}}}'
    body = '"method": "POST", "json": {"day": "{{ now() }}", "team": ["a", "{{ now() }}"]}'
    written = desk.new(orders(body, client=client))
    assert written.client["headers"] == {"X-Team": "a"}
    assert written.endpoint()["json"] == {"team": ["a"]}
    for resource, key in [("", "client.headers.X-Day"), ("orders: ", "json.day")]:
        expected = f"{resource}{key} is left out: its expression cannot be evaluated"
        assert expected in written.assumed


def test_auth_of_all_requests_is_the_clients(desk: Desk) -> None:
    defaults = '"resource_defaults": {"endpoint": {"auth": {"type": "bearer", "token": "x"}}}'
    found = desk.new(orders(client='"client": {"base_url": "https://a.test"}', defaults=defaults))
    assert found.client["auth"] == {"type": "bearer"}


def test_an_expression_that_names_no_field_of_a_parent_is_refused(desk: Desk) -> None:
    message = desk.refusal(shop('"b"', '{"name": "a", "endpoint": {"path": "/{resources.b}"}}'))
    assert message == ("shop.a: endpoint.path: {resources.b} is not {resources.<parent>.<field>}")


def test_a_lag_widens_the_window(desk: Desk) -> None:
    found = desk.new(orders('"incremental": {"cursor_path": "at", "lag": 3600}'))
    assert found.endpoint()["incremental"] == {"cursor_path": "at", "lookback": "3600s"}


def test_an_empty_path_is_the_address_of_the_client(desk: Desk) -> None:
    document = source(CLIENT, '"resources": [{"name": "orders", "endpoint": {"path": ""}}]')
    assert desk.new(document).endpoint()["path"] == ""


def test_a_path_of_the_defaults_is_that_of_resources_without_one(desk: Desk) -> None:
    defaults = '"resource_defaults": {"endpoint": {"path": "/graphql", "method": "POST"}}'
    resources = '{"name": "users"}, {"name": "orders", "endpoint": {"path": "/orders"}}'
    written = desk.new(source(CLIENT, defaults, f'"resources": [{resources}]'))
    paths = [resource.endpoint.path for resource in written.declaration.resources.values()]
    assert paths == ["/graphql", "/orders"]
