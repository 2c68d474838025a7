"""The forms in which documents write their configuration, each of which means the same API."""

import json

import pytest

from analytics_ingest_tests.convert.writing import Desk, fenced, source

EXPECTED = {
    "client": {"base_url": "https://shop.test"},
    "resource_defaults": {"primary_key": "id"},
    "resources": [
        {"name": "orders", "endpoint": {"path": "/orders", "params": {"size": 5, "open": True}}},
        {"name": "users", "endpoint": {"path": "users"}},
    ],
}
CLIENT = '"client": {"base_url": "https://shop.test"}'
DEFAULTS = '"resource_defaults": {"primary_key": "id"}'
ORDERS = '{"name": "orders", "endpoint": {"path": "/orders", "params": {"size": 5, "open": True}}}'
RESOURCES = f'"resources": [{ORDERS}, "users"]'
WHOLE = f"{{{CLIENT}, {DEFAULTS}, {RESOURCES}}}"

BLOCKS = [
    pytest.param(f"rest_api_source({WHOLE})", id="a call"),
    pytest.param(f"x = rest_api_source({WHOLE})", id="a call, assigned"),
    pytest.param(f"dlt.sources.rest_api.rest_api_source({WHOLE})", id="a call with its module"),
    pytest.param(f"yield from rest_api_resources({WHOLE})", id="resources"),
    pytest.param(f"rest_api_source(config={WHOLE}, name='shop')", id="a keyword"),
    pytest.param(f"rest_api_source(**{WHOLE})", id="keywords of a dict"),
    pytest.param(
        "rest_api_source(client={'base_url': 'https://shop.test'}, "
        f"resource_defaults=dict(primary_key='id'), resources=[{ORDERS}, 'users'])",
        id="a keyword for each part",
    ),
    pytest.param(f"pipeline.run(rest_api_source({WHOLE}).with_resources('orders'))", id="inside"),
    pytest.param(f"config: RESTAPIConfig = {WHOLE}\nrest_api_source(config)", id="a variable"),
    pytest.param(f"rest_api_source(config)\nconfig = {WHOLE}", id="a variable defined later"),
    pytest.param(f"config = RESTAPIConfig({{{CLIENT}, {DEFAULTS}, {RESOURCES}}})", id="a class"),
    pytest.param(f"CONFIG = {WHOLE}", id="a variable that nothing uses"),
    pytest.param(WHOLE, id="a dict alone"),
    pytest.param(f"{{'config': {WHOLE}}}", id="a dict in a dict"),
    pytest.param(
        "URL = 'https://shop.test'\nBASE = {'primary_key': 'id'}\nsize = 2 + 3\n"
        "endpoint = {'path': '/orders', 'params': {'size': size, 'open': True}}\n"
        "rest_api_source({'client': {'base_url': URL}, 'resource_defaults': {**BASE}, "
        "'resources': [{'name': 'orders', 'endpoint': endpoint}, *['users']]})",
        id="constants and unpacking",
    ),
    pytest.param(
        f"config = {{{CLIENT}, {DEFAULTS}}}\nconfig['resources'] = []\n"
        f"config['resources'].append({ORDERS})\nconfig['resources'] += ['users']\n"
        "rest_api_source(config)",
        id="put together step by step",
    ),
    pytest.param(
        "@dlt.source(name='shop')\ndef shop_source(base='https://shop.test'):\n"
        "    config = {'client': {'base_url': base}, "
        f"{DEFAULTS}, {RESOURCES}}}\n    return rest_api_source(config)\n\n"
        "def run():\n    print(f'{x!r:>10}', **{})\n\nif __name__ == '__main__':\n    run()",
        id="inside a function, with code around it",
    ),
    pytest.param(
        "# the source\nrest_api_source({  // all of it\n"
        f"  {CLIENT}, /* where */\n  {DEFAULTS},  # how\n  {RESOURCES},\n}})",
        id="comments of all kinds",
    ),
    pytest.param(
        f"rest_api_source({{{CLIENT}, ..., {DEFAULTS}, 'resources': [{ORDERS}, 'users', ...], }})",
        id="ellipses between",
    ),
    pytest.param(
        f"rest_api_source({{\n{CLIENT},\n{DEFAULTS},\n{RESOURCES},\n... more keys here\n}})",
        id="an ellipsis with words",
    ),
    pytest.param(
        f"rest_api_source({{{CLIENT}, {DEFAULTS}, 'resources': [{ORDERS}, 'users', {{ ... }}]}})",
        id="a resource left out",
    ),
    pytest.param(
        WHOLE.replace("True", "true").replace('["', '[null, "').replace("null, ", ""),
        id="words of JSON",
    ),
    pytest.param(WHOLE.replace('"', "'"), id="single quotes"),
    pytest.param(
        WHOLE.replace('"', "\u201d").replace("\u201dorders\u201d", "\u201corders\u201d"),
        id="typographic quotes",
    ),
    pytest.param(
        f"{{\n{CLIENT}\n{DEFAULTS}\n'resources': [\n{ORDERS}\n'users']}}", id="missing commas"
    ),
    pytest.param(f"{{{CLIENT}, {DEFAULTS}, {RESOURCES},,}}", id="commas too many"),
    pytest.param(f"rest_api_source({{{CLIENT}, {DEFAULTS}, {RESOURCES}", id="not closed"),
    pytest.param(f"rest_api_source({WHOLE}}})", id="closed once too often"),
    pytest.param(f"rest_api_source({WHOLE}) <- the source of the shop", id="words behind it"),
    pytest.param(
        f"rest_api_source({{client: {{base_url: 'https://shop.test'}}, {DEFAULTS}, {RESOURCES}}})",
        id="keys without quotes",
    ),
    pytest.param(
        f"rest_api_source({{{CLIENT}, {DEFAULTS}, 'resources': ["
        "{'name': n, 'endpoint': {'path': '/' + n, 'params': {'size': 5, 'open': True}}} "
        "for n in ['orders']] + ['users']})",
        id="a comprehension",
    ),
    pytest.param(
        "PATHS = {'orders': '/orders'}\n"
        f"rest_api_source({{{CLIENT}, {DEFAULTS}, 'resources': ["
        "{'name': n, 'endpoint': {'path': p, 'params': {'size': 5, 'open': True}}} "
        "for n, p in PATHS.items()] + ['users']})",
        id="a comprehension over a dict",
    ),
    pytest.param(
        "resources = []\nfor name, size in [('orders', 5)]:\n"
        "    path = f'/{name}'\n\n    # A resource.\n"
        "    endpoint = {'path': path, 'params': {'size': size, 'open': True}}\n"
        "    resources.append({'name': name, 'endpoint': endpoint})\n"
        "resources.append('users')\n"
        f"rest_api_source({{{CLIENT}, {DEFAULTS}, 'resources': resources}})",
        id="a loop",
    ),
    pytest.param(
        "def resource(name: str, size=5):\n"
        '    """A resource."""\n'
        "    path = f'/{name}'\n"
        "    endpoint = {'path': path, 'params': {'size': size, 'open': True}}\n"
        "    return {'name': name, 'endpoint': endpoint}\n\n"
        f"rest_api_source({{{CLIENT}, {DEFAULTS}, 'resources': [resource('orders'), 'users']}})",
        id="a function that makes a resource",
    ),
    pytest.param(
        f"rest_api_source({{{CLIENT}, {DEFAULTS}, "
        "'resources': [*[resource(name=n, size=5) for n in NAMES], 'users']})\n"
        "NAMES = ['orders']\n"
        "def resource(*, name, size): return {'name': name, 'endpoint': endpoint(name, size)}\n"
        "def endpoint(name, size):\n"
        "    return {'path': '/' + name, 'params': {'size': size, 'open': True}}",
        id="functions defined later",
    ),
    pytest.param(
        f"$ pip install dlt\nFirst: don't forget.\nrest_api_source({WHOLE})", id="prose above it"
    ),
]


@pytest.mark.parametrize("code", BLOCKS)
def test_the_configuration_is_found_however_it_is_written(desk: Desk, code: str) -> None:
    assert desk.new(fenced(code)).attributes == EXPECTED


@pytest.mark.parametrize("code", BLOCKS)
def test_a_file_of_python_is_read_like_a_block(desk: Desk, code: str) -> None:
    assert desk.new(code, file="shop.py").attributes == EXPECTED


@pytest.mark.parametrize("language", ["", "py", "json", "javascript", "text", "hcl", "{.python}"])
def test_the_language_of_the_fence_does_not_matter(desk: Desk, language: str) -> None:
    assert desk.new(fenced(f"rest_api_source({WHOLE})", language)).attributes == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"~~~\nrest_api_source({WHOLE})\n~~~", id="tildes"),
        pytest.param(f"- step\n\n  ```python\n  rest_api_source({WHOLE})\n  ```", id="in a list"),
        pytest.param(f"> ```python\n> rest_api_source({WHOLE})\n> ```", id="in a quotation"),
        pytest.param(f"```python\nrest_api_source({WHOLE})", id="a fence that is not closed"),
        pytest.param(f"An API.\n\n    rest_api_source({WHOLE})\n", id="indented"),
        pytest.param(
            f"```markdown\n# An API\n\n```python\nrest_api_source({WHOLE})\n```\n\nEnd.\n```\n",
            id="a document within a fence",
        ),
        pytest.param(f"An API (the shop's):\nrest_api_source({WHOLE})\nDone.", id="no fence"),
        pytest.param(f"\ufeff```\r\nrest_api_source({WHOLE})\r\n```\r\n", id="from Windows"),
        pytest.param(
            f"```python\npip_install('dlt')\n```\n\n```python\nrest_api_source({WHOLE})\n```",
            id="after another block",
        ),
    ],
)
def test_the_code_is_read_wherever_it_is(desk: Desk, text: str) -> None:
    assert desk.new(text).attributes == EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(EXPECTED, id="the configuration"),
        pytest.param({"config": EXPECTED}, id="wrapped"),
        pytest.param({"name": "x", "source": EXPECTED, "version": 1}, id="among other things"),
    ],
)
def test_a_file_of_json_holds_the_configuration(desk: Desk, data: object) -> None:
    assert desk.new(json.dumps(data), file="shop.json").attributes == EXPECTED


def test_json_with_slips_is_read_like_code(desk: Desk) -> None:
    code = json.dumps(EXPECTED, indent=1).replace("]\n}", "],\n // more\n}")
    assert desk.new(code, file="shop.json").attributes == EXPECTED


def test_a_declaration_of_this_project_is_a_document_too(desk: Desk) -> None:
    first = desk.new(fenced(f"rest_api_source({WHOLE})"))
    again = desk.new(first.text, file="shop.yaml", api="again")
    assert again.attributes == first.attributes


def test_a_repair_is_reported_with_its_line(desk: Desk) -> None:
    written = desk.new(fenced(f"rest_api_source({{{CLIENT}, {DEFAULTS}, {RESOURCES}"))
    assert "the code on line 6 is not valid Python: its slips were repaired" in written.assumed


def test_the_configuration_with_most_resources_is_taken(desk: Desk) -> None:
    small = f"rest_api_source({{{CLIENT}, {DEFAULTS}, 'resources': [{ORDERS}]}})"
    text = fenced(small) + fenced(f"rest_api_source({WHOLE})") + fenced(small)
    assert desk.new(text).attributes == EXPECTED


def test_a_resource_of_another_block_is_added_and_reported(desk: Desk) -> None:
    text = source(CLIENT, DEFAULTS, f'"resources": [{ORDERS}, ...]')
    more = fenced('{"name": "users", "endpoint": {"path": "users"}}')
    written = desk.new(text + more)
    assert written.attributes == EXPECTED
    assert "users: the resource is taken from the code on line 15" in written.assumed


def test_keys_that_a_resource_lacks_are_taken_from_a_block_that_repeats_it(desk: Desk) -> None:
    text = source(CLIENT, DEFAULTS, RESOURCES)
    more = fenced('"endpoint": {"path": "/orders", "data_selector": "items",}')
    assert desk.new(text + more).endpoint()["data_selector"] == "items"


HANDLER = {"retry_on_status_codes": [503], "max_retries": 1}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(json.dumps({"error_handler": HANDLER}), id="the key"),
        pytest.param(f'"error_handler": {json.dumps(HANDLER)}', id="the key without braces"),
        pytest.param(f"error_handler = {json.dumps(HANDLER)}", id="a variable"),
        pytest.param(json.dumps(HANDLER), id="the block"),
        pytest.param(
            json.dumps({"endpoint": {"path": "/orders", "error_handler": HANDLER}}), id="an example"
        ),
    ],
)
def test_an_error_handler_in_a_block_of_its_own_holds_for_all(desk: Desk, code: str) -> None:
    written = desk.new(source(CLIENT, DEFAULTS, RESOURCES) + fenced(code))
    assert written.attributes["resource_defaults"]["endpoint"] == {"error_handler": HANDLER}


@pytest.mark.parametrize(
    ("above", "is_taken"),
    [
        ("No error handling of its own is defined. Common errors (429) should be retried:", True),
        ("It is not the default. Failures can be retried, for example:", True),
        ("Responses that were not served (429) are retried:", True),
        ("Do not add this:", False),
        ("The previous connector had:", False),
    ],
)
def test_what_is_said_of_an_error_handler_is_not_contradicted(
    desk: Desk, above: str, is_taken: bool
) -> None:
    block = f'"error_handler": {json.dumps(HANDLER)}'
    prose = f"\n# Error Handling\n\n{above}\n\n```python\n{block}\n```\n"
    written = desk.new(source(CLIENT, DEFAULTS, RESOURCES) + prose)
    assert ("max_retries: 1" in written.text) == is_taken
    assert ("is taken from the code on line" in written.report) == is_taken
    assert ("the line above the code does not advise it" in written.report) != is_taken


def test_a_configuration_of_another_api_is_not_mixed_in(desk: Desk) -> None:
    other = source('"client": {"base_url": "https://other.test"}', '"resources": ["things"]')
    written = desk.new(source(CLIENT, DEFAULTS, RESOURCES) + other)
    assert written.attributes == EXPECTED
    message = "the configuration on line 15 is of another API: it is not taken"
    assert message in written.assumed


def test_settings_in_a_block_of_toml_are_not_code(desk: Desk) -> None:
    text = fenced('size = "9"', "toml") + fenced(f"rest_api_source({WHOLE})".replace("5", "size"))
    assert desk.new(text).endpoint()["params"]["size"] == "{settings.size}"


def test_an_answer_that_is_shown_is_not_a_configuration(desk: Desk) -> None:
    answer = {"name": "x", "path": "/orders", "auth": {"user": 1}, "data_selector": "no"}
    text = source(CLIENT, DEFAULTS, RESOURCES) + fenced(json.dumps({"data": [answer]}), "json")
    written = desk.new(text)
    assert "auth" not in written.client
    assert [r["name"] for r in written.attributes["resources"]] == ["orders", "users"]
