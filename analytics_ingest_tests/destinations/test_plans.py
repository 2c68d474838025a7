"""How every kind of destination is loaded, and that dlt accepts the plan; nothing is connected.

What dlt checks before a load is checked here for all resources and their rejected rows: the hints
of the merge, the names, and each column's type in the files that are loaded.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import dlt
import pytest
from dlt.common.configuration.container import Container
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.destination.utils import (
    prepare_load_table,
    resolve_merge_strategy,
    verify_schema_capabilities,
    verify_supported_data_types,
)
from dlt.common.schema import Schema
from dlt.common.schema.utils import normalize_table_identifiers
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations.impl.motherduck.configuration import (
    MotherDuckClientConfiguration,
    MotherDuckCredentials,
)
from dlt.destinations.impl.motherduck.motherduck import MotherDuckClient
from dlt.destinations.utils import verify_schema_merge_disposition

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.load.warehouse.destinations.destination import has_transactions
from analytics_ingest.load.warehouse.tables.dlt_hints import (
    build_rejected_hints,
    build_resource_hints,
    name_rejected_table,
)
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan, plan_load
from analytics_ingest.orchestration.sample_query import write_sample_query
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.projects import APIS, shipped
from analytics_ingest_tests.support.replaced_windows import report
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import TYPE_SETTING


class Expected(NamedTuple):
    """How a destination is loaded."""

    file_format: str
    merge_strategy: str = "delete-insert"
    table_format: str | None = None
    is_transaction: bool = True


PLANS = {
    "duckdb": Expected("parquet"),
    "motherduck": Expected("parquet"),
    "postgres": Expected("insert_values"),
    "redshift": Expected("insert_values"),
    "mssql": Expected("insert_values"),
    "snowflake": Expected("jsonl"),
    "bigquery": Expected("jsonl", is_transaction=False),
    "clickhouse": Expected("jsonl", is_transaction=False),
    "filesystem": Expected("parquet", "upsert", "delta"),
}
REFUSED = {
    "athena": "dlt can load it only through a staging area",
    "dremio": "dlt can load it only through a staging area",
    "lancedb": "rows cannot be merged into it by their key",
    "qdrant": "rows cannot be merged into it by their key",
    "weaviate": "rows cannot be merged into it by their key",
}


def capabilities_of(kind: str) -> DestinationCapabilitiesContext:
    return dlt.destination("warehouse", destination_type=kind).capabilities()


@pytest.mark.parametrize("kind", PLANS)
def test_a_destination_is_loaded_as_it_is_done_best(kind: str) -> None:
    capabilities = capabilities_of(kind)
    plan = plan_load("demo", kind, capabilities)
    found = (plan.file_format, plan.merge_strategy, plan.table_format)
    assert Expected(*found, has_transactions(capabilities)) == PLANS[kind]


@pytest.mark.parametrize("kind", REFUSED)
def test_a_destination_that_cannot_merge_is_refused_before_the_api_is_asked(
    kind: str, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TYPE_SETTING, kind)
    with pytest.raises(SettingError) as caught:
        load(declare(resource()))
    assert str(caught.value) == (
        f"demo: the warehouse is {kind}, but {REFUSED[kind]}; set "
        "DESTINATION__WAREHOUSE__DESTINATION_TYPE to one of those in docs/destinations.md"
    )
    assert not api.asked


@pytest.mark.parametrize("kind", PLANS)
def test_dlt_takes_the_tables_of_every_resource(kind: str) -> None:
    for api_name in APIS:
        assert problems_of(kind, shipped(api_name)) == []


@pytest.mark.parametrize("kind", PLANS)
def test_the_sample_query_has_the_names_of_dlt(kind: str) -> None:
    capabilities = capabilities_of(kind)

    def quoted(name: str) -> str:
        return capabilities.escape_identifier(capabilities.casefold_identifier(name))

    query = write_sample_query(shipped("commerce").resources["transactions"], kind)
    table = f"{quoted('commerce')}.{quoted('transactions')}"
    if kind == "clickhouse":
        table = quoted("commerce___transactions")
    expected = f"select * from {table} order by {quoted('updated_at')} desc limit 10"
    assert query == (None if kind in ("mssql", "filesystem") else expected)


@pytest.mark.parametrize("kind", PLANS)
def test_stored_rows_are_changed_only_where_that_is_tested(kind: str) -> None:
    plan = plan_load("demo", kind, capabilities_of(kind))
    history = {"write_disposition": {"disposition": "merge", "strategy": "scd2"}}
    declared = declare(
        resource("marked", own={"deletes": {}}, incremental=None),
        resource("kept", own=history, incremental=None),
        report("replaced"),
        resource("plain"),
    )
    plan.check(declared.resources["plain"])
    for name in ("marked", "kept", "replaced"):
        is_tested = kind in ("duckdb", "motherduck", "postgres")
        refusal = rf"demo\.{name}: .* the warehouse is {kind}: "
        with nullcontext() if is_tested else pytest.raises(SettingError, match=refusal):
            plan.check(declared.resources[name])


def problems_of(kind: str, declaration: ApiDeclaration) -> list[Exception]:
    """What dlt says against the tables of an API."""
    capabilities = capabilities_of(kind)
    plan = plan_load(declaration.name, kind, capabilities)
    with Container().injectable_context(capabilities):
        schema = schema_of(declaration, plan)
        tables: list[Any] = [
            prepare_load_table(schema.tables, schema.tables[name], capabilities)
            for name in schema.data_table_names(include_incomplete=True)
        ]
        assert len(tables) == 2 * len(declaration.tables)
        for table in tables:
            strategy = resolve_merge_strategy(schema.tables, table, capabilities)
            table["x-merge-strategy"] = strategy
        strategies = {table["name"]: table.get("x-merge-strategy") for table in tables}
        assert set(strategies.values()) == {plan.merge_strategy}
        jobs = [
            ParsedLoadJobFileName(table["name"], "file", 0, plan.file_format) for table in tables
        ]
        return [
            *verify_schema_capabilities(schema, capabilities, kind),
            *verify_supported_data_types(tables, jobs, capabilities, kind),
            *verify_schema_merge_disposition(schema, tables, capabilities),
        ]


def schema_of(declaration: ApiDeclaration, plan: LoadPlan) -> Schema:
    """The schema that dlt makes of the resources of an API."""
    schema = Schema(declaration.name)
    schema.update_normalizers()
    for found in declaration.tables:
        table = dlt.resource([], **build_resource_hints(found, plan))
        rejected = dlt.resource([], name=name_rejected_table(found.name))
        rejected.merge_hints(build_rejected_hints(found.name, plan))
        for made in (table, rejected):
            computed = made.compute_table_schema()
            schema.update_table(normalize_table_identifiers(computed, schema.naming))
    return schema


def test_of_several_versions_of_a_row_an_upsert_keeps_the_newest(api: ScriptedApi) -> None:
    upsert = {"disposition": "merge", "strategy": "upsert", "skip_unchanged_rows": True}
    versions = [row(1, f"2026-01-05T1{n}:00:00Z", name=name) for n, name in enumerate("abc")]
    api.always("/items", {"data": versions[::-1]})
    for _ in range(2):
        load(declare(resource(own={"write_disposition": upsert})))
        assert table("items", "id", "name") == [(1, "c")]


def test_motherduck_gets_tables_and_merges_that_duckdb_understands() -> None:
    capabilities = capabilities_of("motherduck")
    plan = plan_load("commerce", "motherduck", capabilities)
    with Container().injectable_context(capabilities):
        schema = schema_of(shipped("commerce"), plan)
        client = MotherDuckClient(schema, _configuration(), capabilities)
        statements = list(_statements(client, client.prepare_load_table("transactions")))
    (create,) = [sql for sql in statements if sql.startswith("CREATE TABLE")]
    assert '"metadata" JSON' in create
    (merge,) = [sql for sql in statements if "INSERT INTO" in sql]
    stored = '"analytics"."commerce"."transactions"'
    assert merge.index(f"DELETE FROM {stored}") < merge.index(f"INSERT INTO {stored}")
    assert 'ORDER BY "updated_at" DESC' in merge


def _configuration() -> MotherDuckClientConfiguration:
    credentials = MotherDuckCredentials("md:analytics?token=canary")
    configuration = MotherDuckClientConfiguration(credentials=credentials)
    return configuration._bind_dataset_name(dataset_name="commerce")


def _statements(client: MotherDuckClient, table: Any) -> Iterator[str]:
    yield from client._get_table_update_sql(table["name"], list(table["columns"].values()), False)
    jobs: list[Any] = client.create_table_chain_completed_followup_jobs([table], [])
    for job in jobs:
        yield Path(job.new_file_path()).read_text()
