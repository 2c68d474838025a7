"""The catalogue: columns with descriptions and constraints, numbers of rows, links."""

import dagster as dg
import pytest

from analytics_ingest.orchestration.specs import build_spec
from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

FIELDS = {"id": "integer", "unitPrice": "number?"}
HINTS = {
    "unitPrice": {"description": "In euros, without tax."},
    "weight": {"data_type": "double", "description": "In grams."},
    "updated_at": {"description": "When it was last changed."},
}
ROW = {**row(1, "2026-01-09T10:00:00Z"), "unitPrice": 1.5, "weight": 2.5}


def test_a_column_has_its_description_and_constraints_before_a_load_and_after_it(
    api: ScriptedApi, quick_instance: dg.DagsterInstance
) -> None:
    api.always("/items", {"data": [ROW]})
    declaration = declare(resource(own={"fields": FIELDS, "columns": HINTS}))
    before = build_spec(declaration, declaration.resources["items"], "duckdb").metadata
    with at(NOON):
        assert deploy(declaration, quick_instance).load("2026-01-09").success
    after = metadata_of(quick_instance)
    declared = columns_of(before["dagster/column_schema"])
    loaded = columns_of(after["dagster/column_schema"].value)
    assert declared == {
        "id": ("bigint", None, False, True),
        "unitPrice": ("double", "In euros, without tax.", True, False),
        "weight": ("double", "In grams.", True, False),
    }
    assert loaded["id"] == declared["id"]
    assert loaded["unit_price"] == declared["unitPrice"]
    assert loaded["weight"] == declared["weight"]
    assert loaded["updated_at"] == ("timestamp", "When it was last changed.", True, False)


def test_an_asset_links_to_the_documentation_of_its_api() -> None:
    declaration = declare(resource(), docs_url="https://api.example.com/docs")
    spec = build_spec(declaration, declaration.resources["items"], "duckdb")
    assert spec.metadata["documentation"] == dg.MetadataValue.url("https://api.example.com/docs")


@pytest.mark.parametrize("disposition", ["replace", "merge"])
def test_the_rows_of_a_table_are_counted(
    api: ScriptedApi, quick_instance: dg.DagsterInstance, disposition: str
) -> None:
    api.always("/items", {"data": [ROW, {**ROW, "id": 2}]})
    snapshot = {"write_disposition": disposition}
    api.always("/partitioned", {"data": []})
    declaration = declare(resource(own=snapshot, incremental=None), resource("partitioned"))
    with at(NOON):
        assert deploy(declaration, quick_instance).load("2026-01-09").success
    assert metadata_of(quick_instance)["dagster/row_count"].value == 2


def metadata_of(instance: dg.DagsterInstance) -> dict[str, dg.MetadataValue]:
    """What the last load of the resource has recorded."""
    event = instance.get_latest_materialization_event(dg.AssetKey(["demo", "items"]))
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
