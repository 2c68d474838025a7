"""Lists of steps in code outside the configuration: of which resources they are, or why of none."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
ITEMS = '{"name": "items", "endpoint": {"path": "/items"}}'
REMOVED = [{"remove": ["a", "b"]}]
AIRBYTES = '[{"type": "remove_fields", "field_pointers": [["a"], ["b"]]}]'
OWN = '[{"remove": ["a", "b"]}]'
ASSIGNED = f"transformations = {AIRBYTES}"
BOTH = "The following transformations are applied to the records of both resources:"


def code(above: str, text: str, language: str = "python") -> str:
    """A line, and code below it."""
    return f"\n{above}\n\n```{language}\n{text}\n```\n"


YAML = "transformations:\n- type: RemoveFields\n  field_pointers: [[a], [b]]"
YAML_STEPS = "processing_steps:\n- remove: [a, b]"
FORMS = [
    ("python", ASSIGNED),
    ("python", f"processing_steps: list = {OWN}"),
    ("python", f"TRANSFORMATIONS = {OWN}"),
    ("python", AIRBYTES),
    ("json", AIRBYTES),
    ("json", f'{{"transformations": {AIRBYTES}}}'),
    ("json", f'"processing_steps": {OWN}'),
    ("", f"record_transformations = {AIRBYTES}"),
    ("yaml", YAML),
    ("yaml", YAML_STEPS),
    ("yaml", "- remove: [a, b]"),
]


@pytest.mark.parametrize(("language", "text"), FORMS)
def test_steps_of_both_resources_are_taken(desk: Desk, language: str, text: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=code(BOTH, text, language)))
    assert written.steps == {"orders": REMOVED, "users": REMOVED}
    (line,) = [line for line in written.assumed if "taken from the code" in line]
    assert line.startswith("orders, users: ")
    assert "rows that are filtered or changed" not in written.report


ABOVE = [
    ("All resources share these transformations:", {"orders", "users", "items"}),
    ("All three resources share these transformations:", {"orders", "users", "items"}),
    ("The rows of `orders` and `items` are changed:", {"orders", "items"}),
    ("Each user is changed like this:", {"users"}),
    ("## Orders", {"orders"}),
    ("## Orders\n\nThese transformations are applied to `users`:", {"users"}),
    ("## Orders, items", {"orders", "items"}),
    ("## Orders\n\nThe following transformations are applied:", {"orders"}),
    ("## Orders, items\n\nThe following steps are applied to each order:", {"orders"}),
]


@pytest.mark.parametrize(("above", "names"), ABOVE)
def test_the_line_or_the_heading_above_says_of_which_resources(
    desk: Desk, above: str, names: set[str]
) -> None:
    written = desk.new(shop(ORDERS, USERS, ITEMS, prose=code(above, ASSIGNED)))
    assert written.steps == dict.fromkeys(names, REMOVED)


def test_a_name_or_a_key_says_of_which_resources(desk: Desk) -> None:
    lists = f"users_transformations = {OWN}\nprocessing_steps_for_items = {OWN}"
    written = desk.new(shop(ORDERS, USERS, ITEMS, prose=code("The rows are changed:", lists)))
    assert written.steps == {"users": REMOVED, "items": REMOVED}
    by_name = f'transformations = {{"orders": {OWN}, "items": {AIRBYTES}}}'
    written = desk.new(shop(ORDERS, USERS, ITEMS, prose=code("So:", by_name)), "--force")
    assert written.steps == {"orders": REMOVED, "items": REMOVED}


def test_a_comment_says_of_which_resources(desk: Desk) -> None:
    text = f"# Steps of `users` and `items`\n{ASSIGNED}"
    written = desk.new(shop(ORDERS, USERS, ITEMS, prose=code("The rows are changed:", text)))
    assert written.steps == {"users": REMOVED, "items": REMOVED}


def test_the_only_resource_gets_the_steps(desk: Desk) -> None:
    written = desk.new(orders(prose=code("The rows are changed:", ASSIGNED)))
    assert written.steps == {"orders": REMOVED}


def test_what_the_code_computes_is_taken_too(desk: Desk) -> None:
    text = (
        'slim = {"remove": ["a", "b"]}\n'
        'processing_steps = [{"filter": lambda row: row["open"]}, slim]\n'
        "transformations = []\n"
    )
    written = desk.new(orders(prose=code("The rows are changed:", text)))
    kept = {"filter": "{{ not not (record['open']) }}"}
    assert written.steps == {"orders": [kept, *REMOVED]}
    assert "not used" not in written.report


UNCLEAR = [
    "The following transformations are applied:",
    BOTH,
    "These transformations are applied to all other resources:",
    "## Orders\n\nThese transformations are applied to all resources:",
    "All resources, `orders` first, are changed:",
]


@pytest.mark.parametrize("above", UNCLEAR)
def test_steps_of_unclear_resources_are_named(desk: Desk, above: str) -> None:
    written = desk.new(shop(ORDERS, USERS, ITEMS, prose=code(above, ASSIGNED)))
    assert written.steps == {}
    assert any(line.endswith("it is not clear of which resource it is") for line in written.assumed)


NOT_ADVISED = [
    "For example, all resources could be changed so:",
    "All resources were changed so by the previous connector:",
    "If `slim` is set, all resources are changed:",
    "These transformations are applied to all resources except `users`:",
    "The rows of all resources are not changed like this:",
    "After loading, all resources are changed in the warehouse:",
    "The response of all resources looks so:",
    "## Legacy\n\n### Steps\n\nAll resources are changed:",
]


@pytest.mark.parametrize("above", NOT_ADVISED)
def test_steps_that_no_line_advises_are_named(desk: Desk, above: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=code(above, ASSIGNED)))
    assert written.steps == {}
    (line,) = [line for line in written.assumed if "is not used" in line]
    assert line.endswith("the line above the code does not advise it")


def test_a_list_that_the_configuration_uses_is_where_it_says(desk: Desk) -> None:
    used = ORDERS.replace('"endpoint"', '"transformations": transformations, "endpoint"')
    written = desk.new(shop(used, USERS, prose=code(BOTH, ASSIGNED)))
    assert written.steps == {"orders": REMOVED}
    assert "the code on line" not in written.report


def test_steps_of_the_configuration_win(desk: Desk) -> None:
    own = ORDERS.replace('"endpoint"', '"processing_steps": [{"remove": ["c"]}], "endpoint"')
    written = desk.new(shop(own, USERS, prose=code(BOTH, ASSIGNED)))
    assert written.steps == {"orders": [{"remove": ["c"]}], "users": REMOVED}
    assert any(
        line.startswith("orders: transformations in the code on line")
        and line.endswith("is not used: the configuration has its own")
        for line in written.assumed
    )


@pytest.mark.parametrize("text", ['rows = [{"type": "card"}]', '[{"type": "card", "add": 1}]'])
def test_another_list_is_none_of_steps(desk: Desk, text: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=code("All resources have these rows:", text)))
    assert written.steps == {}
    assert "the code on line" not in written.report
