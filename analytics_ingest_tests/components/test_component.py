"""One folder with a declaration becomes assets: what Dagster shows of them, and of mistakes."""

import dagster as dg
import pytest

from analytics_ingest_tests.support.sandbox import WARNINGS_OF_DAGSTER, build, specs

pytestmark = pytest.mark.filterwarnings(*WARNINGS_OF_DAGSTER)

SECRET = "s3cr3t-v4lue"
SHOP = """
  description: What is sold.
  owners: [team:data]
  tags: {tier: '1', area: sales}
  partitions: {every: weekly, start: '2026-01-04', timezone: Europe/Berlin}
  client: {base_url: https://shop.test}
  resource_defaults: {primary_key: id}
  resources:
    - orders
    - name: lines
      description: What was ordered.
      owners: [me@example.com]
      tags: {area: stock}
      endpoint: /orders/{resources.orders.id}/lines
      fields: {id: string, amount: 'decimal?'}
    - {name: prices, endpoint: {incremental: null}}
    - {name: regions, selected: false}
    - {name: cities, endpoint: '/regions/{resources.regions.id}/cities'}
"""


def mistake(attributes: str, files: dict[str, str] | None = None) -> str:
    """What the error says that keeps a folder from loading."""
    with pytest.raises(Exception) as refused:  # noqa: PT011
        build(attributes, files=files)
    return f"{refused.value}\n{refused.value.__cause__}"


def test_the_folder_gives_key_group_and_table_their_name() -> None:
    spec = specs(build(SHOP, api="market"))["orders"]
    assert spec.key == dg.AssetKey(["market", "orders"])
    assert spec.group_name == "market"
    assert spec.metadata["dagster/table_name"] == "market.orders"


def test_descriptions_owners_and_tags_are_the_resources_own_or_the_apis() -> None:
    assets = specs(build(SHOP))
    assert assets["orders"].description == "What is sold."
    assert assets["orders"].owners == ["team:data"]
    assert assets["lines"].description == "What was ordered."
    assert assets["lines"].owners == ["me@example.com"]
    assert {"tier": "1", "area": "sales"}.items() <= assets["orders"].tags.items()
    assert {"tier": "1", "area": "stock"}.items() <= assets["lines"].tags.items()


def test_a_parent_that_is_not_a_table_is_neither_an_asset_nor_a_dependency() -> None:
    assets = specs(build(SHOP))
    assert set(assets) == {"orders", "lines", "prices", "cities"}
    assert [dep.asset_key for dep in assets["lines"].deps] == [dg.AssetKey(["shop", "orders"])]
    assert list(assets["cities"].deps) == []


@pytest.mark.parametrize(
    ("partitions", "second"),
    [
        ("hourly", "2026-01-01-01:00"),
        ("daily", "2026-01-02"),
        ("monthly", "2026-02-01"),
        ("{every: weekly, start: 2026-01-04}", "2026-01-11"),
        ("{timezone: America/New_York}", "2026-01-02"),
    ],
)
def test_partitions_are_as_declared(partitions: str, second: str) -> None:
    attributes = f"  client: {{base_url: x}}\n  partitions: {partitions}\n"
    attributes += "  resources: [{name: orders, primary_key: id}]\n"
    found = specs(build(attributes))["orders"].partitions_def
    assert isinstance(found, dg.TimeWindowPartitionsDefinition)
    assert found.get_partition_keys()[1] == second
    assert ("America/New_York" in partitions) == (str(found.timezone) == "America/New_York")


def test_a_snapshot_has_no_partitions() -> None:
    assets = specs(build(SHOP))
    assert assets["prices"].partitions_def is None
    assert assets["orders"].partitions_def is not None


def test_columns_are_the_fields_of_the_declaration_or_of_the_schema_file() -> None:
    files = {"schema.yaml": "orders: {required: [id], fields: {id: integer}}"}
    assets = specs(build(SHOP, files=files))
    columns = {
        name: [(column.name, column.type) for column in schema.columns]
        for name in ("orders", "lines")
        if (schema := assets[name].metadata["dagster/column_schema"])
    }
    assert columns == {
        "orders": [("id", "bigint")],
        "lines": [("id", "text"), ("amount", "decimal")],
    }
    assert "dagster/column_schema" not in assets["prices"].metadata


def test_the_kind_of_an_asset_is_the_configured_warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    assert specs(build(SHOP))["orders"].kinds == {"dlt", "duckdb"}
    monkeypatch.setenv("DESTINATION__WAREHOUSE__DESTINATION_TYPE", "postgres")
    assert specs(build(SHOP))["orders"].kinds == {"dlt", "postgres"}


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        pytest.param(
            f"{{type: bearer, api_token: {SECRET}}}",
            "attributes.client.auth.api_token at ",
            id="under an unknown key",
        ),
        pytest.param(
            f"{{type: bearer, token: [{SECRET}]}}", "attributes.client.auth.token at ", id="a list"
        ),
        pytest.param(
            f"{{type: bearer, token: {{of: {SECRET}}}}}",
            "attributes.client.auth.token at ",
            id="an object",
        ),
        pytest.param(f"[{SECRET}]", "attributes.client.auth at ", id="in place of the block"),
        pytest.param(
            f"{{type: api_key, api_key: {SECRET}}}", "shop: client.auth.api_key", id="where it fits"
        ),
    ],
)
def test_a_secret_in_a_declaration_is_located_and_never_shown(auth: str, key: str) -> None:
    text = mistake(f"  client: {{base_url: x, auth: {auth}}}\n  resources: [a]\n")
    assert key in text
    assert SECRET not in text


def test_an_unknown_key_is_located_by_file_and_line() -> None:
    text = mistake("  client: {base_url: x}\n  resources:\n    - name: a\n      colour: red\n")
    assert "attributes.resources.0.colour at " in text
    assert "shop/defs.yaml:6" in text


@pytest.mark.parametrize("attributes", ["", "  {}\n"], ids=["no attributes", "empty attributes"])
def test_the_error_for_missing_attributes_says_what_to_declare(attributes: str) -> None:
    assert "client" in mistake(attributes)


@pytest.mark.parametrize("text", ["a: {fields: [", "\ta: b"], ids=["an open list", "a tab"])
def test_a_schema_file_that_is_not_yaml_is_named(text: str) -> None:
    attributes = "  client: {base_url: x}\n  resources: [a]\n"
    assert "schema.yaml" in mistake(attributes, {"schema.yaml": text})


def test_an_empty_schema_file_is_as_good_as_none() -> None:
    attributes = "  client: {base_url: x}\n  resources: [a]\n"
    assert set(specs(build(attributes, files={"schema.yaml": "# nothing yet\n"}))) == {"a"}
