"""Prepares what dlt's schema stores of a table for a load: its own hints, and what it cannot hold.

dlt adds the hints of a resource to those that are stored, and removes none.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from dlt.common.normalizers.naming import NamingConvention
from dlt.common.schema import Schema
from dlt.common.schema.typing import TTableSchemaColumns
from dlt.common.schema.utils import normalize_table_identifiers
from dlt.extract.resource import DltResource

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.load.warehouse.comparisons.masked_keys import HINT as HASHED_KEYS
from analytics_ingest.load.warehouse.comparisons.masked_keys import describe_keys, forget_other_keys
from analytics_ingest.load.warehouse.comparisons.row_identity import HINT as IDENTITY
from analytics_ingest.load.warehouse.comparisons.row_identity import (
    describe_identity,
    forget_identity,
)
from analytics_ingest.load.warehouse.merge.newer_rows import FILTER
from analytics_ingest.load.warehouse.tables.histories import TABLE_HINTS, describe_other_kind
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan
from analytics_ingest.load.warehouse.tables.replaced_windows import SCOPE, describe_scope
from analytics_ingest.load.warehouse.tables.schema_contract import describe_refusal, find_refusal
from analytics_ingest.load.warehouse.tables.stored_hints import describe_changed_type, forget_hints
from analytics_ingest.load.warehouse.tables.stored_nesting import (
    describe_changed_nesting,
    describe_drops,
)
from analytics_ingest.load.warehouse.tables.stored_states import describe_unknown_states


def build_table_hints(template: ListingTemplate, plan: LoadPlan) -> dict[str, Any]:
    """Build the hints of a table as a whole, of which most are our own."""
    resource = template.resource
    own = {HASHED_KEYS: describe_keys(template), IDENTITY: describe_identity(resource)}
    hints: dict[str, Any] = {name: text for name, text in own.items() if text}
    hints |= TABLE_HINTS if resource.has_history else {}
    return hints | describe_scope(resource, template.window, plan)


def read_nested_hints(
    resource: ResourceDeclaration, naming: NamingConvention, dlt_resource: DltResource
) -> dict[str, TTableSchemaColumns]:
    """Read nested table → the columns that `nested_hints` declare for it."""
    nested = dlt_resource.compute_nested_table_schemas(resource.table, naming)
    tables = [normalize_table_identifiers(table, naming) for table in nested]
    return {str(table.get("name")): table.get("columns", {}) for table in tables}


def prepare_stored_table(
    resource: ResourceDeclaration,
    schema: Schema,
    hints: Mapping[str, Any],
    table_hints: Mapping[str, Any],
    dlt_resource: DltResource,
) -> str:
    """Remove the stored hints that a load no longer has.

    Args:
        hints: The arguments of the resource.

    Returns:
        Why the table cannot hold its rows; empty if it can.
    """
    table = cast("dict[str, Any]", schema.tables.get(resource.table, {}))
    columns = table.get("columns", {})
    forget_hints(hints, columns)
    problem = describe_other_kind(resource, columns) or describe_unknown_states(resource, columns)
    if problem:
        return problem
    for hint in (SCOPE, FILTER):  # An earlier load may have left them.
        table.pop(hint, None)
    forget_other_keys(table, table_hints.get(HASHED_KEYS, ""))
    if IDENTITY not in table_hints:
        forget_identity(table)
    if resource.declared.schema_contract and (refusal := find_refusal(dlt_resource, schema)):
        return describe_refusal(resource.api, refusal)
    nested_changes = _find_nested_changes(resource, schema, dlt_resource)
    if change := describe_changed_type(hints["columns"], columns) or next(nested_changes, ""):
        drops = describe_drops(resource, schema.tables)
        place = f"{resource.api}.{resource.table}"
        return f"{place}: {change}: {drops}, then load all partitions again"
    return describe_changed_nesting(resource, hints, schema.tables)


def _find_nested_changes(
    resource: ResourceDeclaration, schema: Schema, dlt_resource: DltResource
) -> Iterator[str]:
    """Yield what `nested_hints` declare with another type than a column of a nested table has."""
    for name, declared in read_nested_hints(resource, schema.naming, dlt_resource).items():
        stored = schema.tables.get(name, {}).get("columns", {})
        if change := describe_changed_type(declared, stored, name):
            yield f"nested_hints: {change}"
