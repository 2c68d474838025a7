"""The catalogue: columns with descriptions and constraints, numbers of rows, links."""

from typing import Any

import dagster as dg

from analytics_ingest.definitions import defs
from analytics_ingest.orchestration.specs import build_spec
from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.projects import APIS
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

FIELDS = {"id": "integer", "unitPrice": {"type": "number?", "description": "In euros."}}
HINTS = {
    "weight": {"data_type": "double", "description": "In grams.", "nullable": False},
    "updated_at": {"description": "When it was last changed."},
}
ROW = {**row(1, "2026-01-09T10:00:00Z"), "unitPrice": 1.5, "weight": 2.5}


def test_a_column_has_its_description_and_constraints_before_a_load_and_after_it(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [ROW]})
    schema = {"items": {"fields": FIELDS}}
    declaration = declare(resource(own={"columns": HINTS}), schema=schema)
    before = build_spec(declaration, declaration.resources["items"], "duckdb").metadata
    with at(NOON):
        assert deploy(declaration, quick_instance).load("2026-01-09").success
    after = metadata_of(quick_instance)
    declared = columns_of(before["dagster/column_schema"])
    loaded = columns_of(after["dagster/column_schema"].value)
    assert declared == {
        "id": ("bigint", None, False, True),
        "unitPrice": ("double", "In euros.", True, False),
        "weight": ("double", "In grams.", False, False),
    }
    assert loaded["id"] == declared["id"]
    assert loaded["unit_price"] == declared["unitPrice"]
    assert loaded["weight"] == declared["weight"]
    assert loaded["updated_at"] == ("timestamp", "When it was last changed.", True, False)
    assert ask(str(before["sample_query"])).rows[0][0] == 1
    comments = "SELECT comment FROM duckdb_columns() WHERE table_name = 'items'"
    assert {"In euros.", "In grams."} <= {
        text for (text,) in ask(f"{comments} AND comment <> ''").rows
    }


def test_a_range_of_partitions_shows_the_columns_of_one(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [ROW]})
    deployment = deploy(declare(resource(own={"columns": HINTS})), quick_instance)
    schemas = []
    with at(NOON):
        for first, last in (("2026-01-09", "2026-01-09"), ("2026-01-07", "2026-01-09")):
            assert deployment.load(first, last).success
            schemas.append(columns_of(metadata_of(quick_instance)["dagster/column_schema"].value))
    assert schemas[0] == schemas[1]


def test_a_column_of_the_parent_has_its_description_and_a_line_to_it(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [ROW]})
    api.always("/items/1/lines", {"data": [row(7, "2026-01-09T10:00:00Z")]})
    own = {"include_from_parent": ["unitPrice", "weight"]}
    lines = resource("lines", path="/items/{resources.items.id}/lines", own=own)
    schema = {"items": {"fields": FIELDS}}
    declaration = declare(resource(), lines, schema=schema)
    with at(NOON):
        assert deploy(declaration, quick_instance).load("2026-01-09").success
    before = build_spec(declaration, declaration.resources["lines"], "duckdb").metadata
    after = metadata_of(quick_instance, "lines")
    items = dg.AssetKey(["demo", "items"])
    lineage = {
        "_items_unit_price": [dg.TableColumnDep(items, "unit_price")],
        "_items_weight": [dg.TableColumnDep(items, "weight")],
    }
    assert before["dagster/column_lineage"] == dg.TableColumnLineage(lineage)
    assert after["dagster/column_lineage"].value == dg.TableColumnLineage(lineage)
    declared = columns_of(before["dagster/column_schema"])
    loaded = columns_of(after["dagster/column_schema"].value)
    inherited = ("double", "In euros.", True, False)
    assert declared == {"_items_unitPrice": inherited}
    assert loaded["_items_unit_price"] == inherited
    assert "dagster/column_lineage" not in metadata_of(quick_instance)


def test_an_asset_links_to_the_documentation_of_its_api() -> None:
    declaration = declare(resource(), docs_url="https://api.example.com/docs")
    spec = build_spec(declaration, declaration.resources["items"], "duckdb")
    assert spec.metadata["documentation"] == dg.MetadataValue.url("https://api.example.com/docs")


def test_the_assets_of_the_five_apis_have_a_domain_and_a_sample_query() -> None:
    specs = [spec for spec in defs().resolve_all_asset_specs() if spec.key.path[0] in APIS]
    assert len(specs) == 38
    assert all("domain" in spec.tags and spec.metadata["sample_query"] for spec in specs)


def test_the_rows_of_a_table_are_counted(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    dispositions = ("replace", "merge")
    api.always("/partitioned", {"data": []})
    snapshots: list[dict[str, Any]] = []
    for name in dispositions:
        api.always(f"/{name}", {"data": [ROW, {**ROW, "id": 2}]})
        own = {"write_disposition": name}
        snapshots.append(resource(name, own=own, incremental=None))
    with at(NOON):
        declaration = declare(*snapshots, resource("partitioned"))
        assert deploy(declaration, quick_instance).load("2026-01-09").success
    counts = {n: metadata_of(quick_instance, n)["dagster/row_count"].value for n in dispositions}
    assert counts == {"replace": 2, "merge": 2}


def metadata_of(instance: dg.DagsterInstance, name: str = "items") -> dict[str, dg.MetadataValue]:
    """What the last load of a resource has recorded."""
    event = instance.get_latest_materialization_event(dg.AssetKey(["demo", name]))
    assert event
    assert event.asset_materialization
    return dict(event.asset_materialization.metadata)


def columns_of(schema: object) -> dict[str, tuple[str, str | None, bool, bool]]:
    """Column → its type and description, whether it may be null, and whether it is unique."""
    assert isinstance(schema, dg.TableSchema)
    return {
        column.name: (
            column.type,
            column.description,
            column.constraints.nullable,
            column.constraints.unique,
        )
        for column in schema.columns
    }
