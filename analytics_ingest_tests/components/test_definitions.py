"""The five shipped APIs as Dagster sees them: assets, lineage, columns and partitions."""

from collections import Counter
from datetime import datetime, timezone

import dagster as dg
import pytest

from analytics_ingest.definitions import defs
from analytics_ingest_tests.support.projects import APIS, shipped

RESOURCES = [(api, name) for api in APIS for name in shipped(api).resources]
IDS = [f"{api}.{name}" for api, name in RESOURCES]
SNAPSHOTS = {("status_pages", "subscribers")}

LINEAGE = {
    "categories_milestones": "categories",
    "categories_objectives": "categories",
    "epics_comments": "epics",
    "epics_stories": "epics",
    "groups_stories": "groups",
    "iterations_stories": "iterations",
    "milestones_epics": "milestones",
    "objectives_epics": "objectives",
    "stories_comments": "epics_stories",
    "story_history": "epics_stories",
}


@pytest.fixture(scope="module")
def specs() -> dict[tuple[str, str], dg.AssetSpec]:
    """All assets of the shipped APIs, by API and resource."""
    found = {}
    for spec in defs().resolve_all_asset_specs():
        api, resource = spec.key.path
        if api in APIS:
            found[api, resource] = spec
    return found


def test_there_are_38_assets_one_for_each_resource(
    specs: dict[tuple[str, str], dg.AssetSpec],
) -> None:
    assert len(specs) == 38
    assert set(specs) == set(RESOURCES)
    assert Counter(spec.group_name for spec in specs.values()) == {
        "commerce": 1,
        "content_library": 1,
        "product_adoption": 10,
        "project_tracking": 24,
        "status_pages": 2,
    }


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=IDS)
def test_an_asset_shows_what_it_is_before_anything_is_loaded(
    api: str, resource: str, specs: dict[tuple[str, str], dg.AssetSpec]
) -> None:
    spec, declared = specs[api, resource], shipped(api).resources[resource]
    assert spec.group_name == api
    assert spec.kinds == {"dlt", "duckdb"}
    assert spec.description == declared.declared.description
    assert spec.metadata["dagster/table_name"] == f"{api}.{resource}"
    columns = spec.metadata["dagster/column_schema"].columns
    assert {column.name: column.type for column in columns} == {
        name: field.data_type for name, field in declared.fields.items()
    }
    assert {column.name for column in columns if not column.constraints.nullable} >= {"id"}


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=IDS)
def test_an_asset_depends_on_its_parent_alone(
    api: str, resource: str, specs: dict[tuple[str, str], dg.AssetSpec]
) -> None:
    parent = LINEAGE.get(resource) if api == "project_tracking" else None
    expected = [dg.AssetKey([api, parent])] if parent else []
    assert [dep.asset_key for dep in specs[api, resource].deps] == expected


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=IDS)
def test_assets_are_partitioned_by_day_in_utc_from_2026_but_for_snapshots(
    api: str, resource: str, specs: dict[tuple[str, str], dg.AssetSpec]
) -> None:
    partitions = specs[api, resource].partitions_def
    if (api, resource) in SNAPSHOTS:
        assert partitions is None
        return
    assert isinstance(partitions, dg.TimeWindowPartitionsDefinition)
    keys = partitions.get_partition_keys(datetime(2026, 1, 3, 12, tzinfo=timezone.utc))
    assert keys == ["2026-01-01", "2026-01-02", "2026-01-03"]
    first = partitions.time_window_for_partition_key("2026-01-01")
    assert first.start == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert first.end == datetime(2026, 1, 2, tzinfo=timezone.utc)


def test_a_backfill_is_one_run() -> None:
    graph = defs().resolve_asset_graph()
    policies = {key: graph.get(key).backfill_policy for key in graph.get_all_asset_keys()}
    assert set(policies.values()) == {dg.BackfillPolicy.single_run()}


@pytest.mark.parametrize(
    ("api", "field", "column"),
    [
        (("commerce", "transactions"), "transaction_amount", "double"),
        (("commerce", "transactions"), "updated_at", "timestamp"),
        (("content_library", "items"), "attributes", "json"),
        (("product_adoption", "helpbars"), "key_meta", "bool"),
        (("project_tracking", "epics_stories"), "id", "bigint"),
        (("project_tracking", "epics_stories"), "label_ids", "json"),
        (("status_pages", "pages"), "activity_score", "double"),
    ],
)
def test_declared_types_are_shown_as_column_types(
    api: tuple[str, str],
    field: str,
    column: str,
    specs: dict[tuple[str, str], dg.AssetSpec],
) -> None:
    columns = specs[api].metadata["dagster/column_schema"].columns
    assert {c.name: c.type for c in columns}[field] == column
