"""A resource that only stands for others is replaced by them."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, Written, shop

SHOPS = '{"name": "shops", "endpoint": {"path": "/shops", "data_selector": "shops"}}'
THING = (
    '{"name": "thing_name", "primary_key": "number", '
    '"endpoint": {"path": "/shops/{shop_id}/thing", "data_selector": "thing"}}'
)
TABLE = (
    "| Resource | Path | Selector |\n|---|---|---|\n| `shops` | `/shops` | `shops` |\n"
    "| `desks` | `/shops/{shop_id}/desks` | `desks` |\n"
    "| `lamps` | `/shops/{shop_id}/all-lamps` | `lights` |\n\n"
)


def new(desk: Desk, prose: str, *resources: str) -> Written:
    return desk.new(shop(SHOPS, *(resources or [THING]), prose=f"# Resources\n\n{prose}\n"))


def names(written: Written) -> list[str]:
    return [resource["name"] for resource in written.attributes["resources"]]


SENTENCES = [
    "`thing_name` in the example stands for `desks` and `lamps`.",
    "The resource `thing_name` stands for `desks` and `lamps`.",
    "In the code above, `thing_name` stands for the two resources `desks` and `lamps`.",
    "`thing_name` is a placeholder for `desks` and `lamps`.",
    "`thing_name` is only a placeholder for the resources `desks`, `lamps`.",
    "`thing_name` is to be replaced by `desks` and `lamps`.",
    "`thing_name` is replaced with each of `desks` and `lamps`.",
    "`thing_name` represents `desks` and `lamps`.",
    "Replace `thing_name` by `desks` and `lamps`.",
    "Replace the placeholder `thing_name` with the names `desks` and `lamps`.",
    "`thing_name` is one of `desks` and `lamps`.",
    "**thing_name** stands for **desks** and **lamps**.",
    "- `thing_name`: placeholder for `desks`, `lamps`",
    "- `thing_name` of the configuration above stands for both `desks` and `lamps`",
    "`thing_name` is a placeholder: replace it by `desks` and `lamps`.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_placeholder_is_replaced_by_what_it_stands_for(desk: Desk, sentence: str) -> None:
    written = new(desk, f"{TABLE}{sentence}")
    assert names(written) == ["shops", "desks", "lamps"]
    lamps = written.endpoint("lamps")
    assert (lamps["path"], lamps["data_selector"]) == ("/shops/{shop_id}/all-lamps", "lights")
    assert lamps["params"]["shop_id"] == {"type": "resolve", "resource": "shops", "field": "id"}
    assert written.resource("lamps")["primary_key"] == "number"
    reason = "desks, lamps: it is configured like thing_name, which stands for it, as the prose"
    assert any(line.startswith(reason) for line in written.assumed)


PATHS = [
    ("/shops/{shop_id}/thing", "/shops/{shop_id}/desks"),
    ("/shops/{shop_id}/thing_name", "/shops/{shop_id}/desks"),
    ("/{thing_name}", "/desks"),
    ("/<thing>/all", "/desks/all"),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_a_path_without_a_table_follows_the_pattern_of_the_placeholder(
    desk: Desk, path: str, expected: str
) -> None:
    thing = THING.replace("/shops/{shop_id}/thing", path)
    written = new(desk, "`thing_name` stands for `desks` and `lamps`.", thing)
    assert names(written) == ["shops", "desks", "lamps"]
    assert written.endpoint("desks")["path"] == expected
    assert written.endpoint("desks")["data_selector"] == "desks"


def test_a_path_in_the_sentence_wins(desk: Desk) -> None:
    prose = "`thing_name` stands for `desks` (path `/shops/{shop_id}/d`)."
    written = new(desk, prose, THING.replace('"thing"', '"data"'))
    assert written.endpoint("desks")["path"] == "/shops/{shop_id}/d"


OTHERS = [
    "`thing_name` does not stand for `desks` and `lamps`.",
    "`thing_name` might stand for `desks` and `lamps`.",
    "`thing_name` formerly stood for `desks`.",
    "`thing_name` stands for `shops` and `desks`.",
    "`shop_id` stands for `desks`.",
    "`thing_name` stands for `desks`. `thing_name` stands for `lamps`.",
    "`thing_name` stands for `desks` if the shop sells some.",
    "`thing_name` stands for `desks`, for example.",
    "In webhooks `thing_name` stands for `desks`.",
    "`thing_name` has `desks` and `lamps`.",
    "`thing_name` is paged, one of `desks`.",
    "`thing_name` stands for the resources of the table.",
    "`desks` stands for `thing_name`.",
    "`thing_name` stands for the field `desks`.",
    "The parameter `thing_name` is replaced by `desks`.",
]


@pytest.mark.parametrize("sentence", OTHERS)
def test_another_sentence_replaces_nothing(desk: Desk, sentence: str) -> None:
    assert names(new(desk, sentence)) == ["shops", "thing_name"]


def test_a_placeholder_that_its_path_does_not_hold_stays_and_is_named(desk: Desk) -> None:
    thing = THING.replace("/shops/{shop_id}/thing", "/rows")
    written = new(desk, "`thing_name` stands for `desks` and `lamps`.", thing)
    assert names(written) == ["shops", "thing_name"]
    reason = "thing_name: it stands for desks, lamps, as the prose says: their paths or rows are"
    assert any(line.startswith(reason) for line in written.assumed)


def test_a_placeholder_that_another_resource_needs_stays(desk: Desk) -> None:
    child = '{"name": "parts", "endpoint": {"path": "/p/{resources.thing_name.id}"}}'
    written = new(desk, "`thing_name` stands for `desks` and `lamps`.", THING, child)
    assert names(written) == ["shops", "thing_name", "parts"]
