"""A resource's tables as dlt hints: their columns, keys and write disposition."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from dlt.common.schema.typing import MERGE_STRATEGY_OPTIONS, TColumnSchema
from dlt.extract.hints import TResourceHints, make_hints
from dlt.extract.utils import ensure_table_schema_columns

from analytics_ingest.common.jsonpaths import read_field_name
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.tables.histories import COLUMN_HINTS
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan

_DLT_OPTIONS = (
    "merge_key",
    "schema_contract",
    "table_format",
    "references",
    "nested_hints",
)


def name_rejected_table(table: str) -> str:
    """Return the name of the table that keeps the rejected rows of a resource's table."""
    return f"{table}__rejected"


def list_tables(resources: Iterable[ResourceDeclaration]) -> list[str]:
    """List the names of all tables of some resources, those of rejected rows included."""
    return [name for r in resources for name in (r.table, name_rejected_table(r.table))]


def build_column_hints(resource: ResourceDeclaration) -> dict[str, TColumnSchema]:
    """Build column hints: the declared fields, then dlt's own `columns`, which win.

    No column is declared not null, as one such row would fail the load: the checks report it.
    """
    hints: dict[str, TColumnSchema] = {
        name: {"name": name, "data_type": field.data_type, "nullable": True}  # type: ignore[typeddict-item]
        for name, field in resource.fields.items()
        if field.data_type
    }
    newest = resource.version_column
    for moment in filter(None, dict.fromkeys((resource.cursor_column, newest))):
        hint = hints.setdefault(moment, {"name": moment, "nullable": True})
        hint["data_type"] = "timestamp"
        if moment == newest and not resource.replaces_window:
            # dlt keeps the newest of several versions of a row in one load.
            hint["dedup_sort"] = "desc"  # type: ignore[typeddict-unknown-key]
    sequence = resource.sequence and read_field_name(resource.sequence)
    if sequence:
        hint = hints.setdefault(sequence, {"name": sequence, "nullable": True})
        hint["dedup_sort"] = "desc"  # type: ignore[typeddict-unknown-key]
    own = ensure_table_schema_columns(resource.declared.columns or {})
    deletes = resource.declared.deletes
    if deletes and deletes.column:
        mark = deletes.column
        hints[mark] = {"name": mark, "data_type": "timestamp", "nullable": True}
    newest = newest or sequence
    if newest and any("dedup_sort" in column for column in own.values()):
        # dlt accepts one such column.
        hints[newest].pop("dedup_sort", None)  # type: ignore[typeddict-item]
    for name, column in own.items():
        hints[name] = {**hints.get(name, {}), **column}
        if "nullable" in column:
            hints[name]["nullable"] = True
    return hints


def list_table_formats(
    resources: Sequence[ResourceDeclaration], plan: LoadPlan
) -> dict[str, str | None]:
    """List table → its format in a lake."""
    own = {r.table: r.declared.table_format or plan.table_format for r in resources}
    return {**own, **{name_rejected_table(name): plan.table_format for name in own}}


def build_resource_hints(resource: ResourceDeclaration, plan: LoadPlan) -> dict[str, Any]:
    """Build the arguments of `dlt.resource` for a resource's own table.

    Under the names of columns: dlt would warn of two spellings of the same one.
    """
    declared = resource.declared
    options = {key: getattr(declared, key) for key in _DLT_OPTIONS}
    merge_key = options["merge_key"]
    if merge_key:
        keys = [merge_key] if isinstance(merge_key, str) else merge_key
        options["merge_key"] = list(map(plan.column_name, keys))
    if isinstance(options["nested_hints"], Mapping):
        nested = options["nested_hints"].items()
        options["nested_hints"] = {table: _name_columns(hints) for table, hints in nested}
    named = {plan.column_name(field): hint for field, hint in build_column_hints(resource).items()}
    if resource.has_history:
        named |= COLUMN_HINTS
    return {
        "name": resource.name,
        "table_name": resource.table,
        "primary_key": list(map(plan.column_name, resource.primary_key)) or None,
        "write_disposition": "merge"
        if resource.has_history
        else _build_disposition(resource.write_disposition, plan),
        "table_format": plan.table_format,
        "columns": {name: {**hint, "name": name} for name, hint in named.items()},
        "max_table_nesting": declared.max_table_nesting,
        **{key: value for key, value in options.items() if value is not None},
    }


def _name_columns(nested_hints: Any) -> Any:
    """Return hints of a nested table with the names of its columns, which dlt does not add."""
    if not isinstance(nested_hints, Mapping) or not nested_hints.get("columns"):
        return nested_hints
    columns = deepcopy(nested_hints["columns"])
    return {**nested_hints, "columns": ensure_table_schema_columns(columns)}


def build_rejected_hints(table: str, plan: LoadPlan) -> TResourceHints:
    """Build the hints of the table that keeps the rejected rows of a resource's table."""
    return make_hints(
        table_name=name_rejected_table(table),
        write_disposition=_build_disposition("merge", plan),
        table_format=plan.table_format,
        primary_key="row_key",
        columns={
            "row_key": {"data_type": "text"},
            "reason": {"data_type": "text"},
            "row": {"data_type": "text"},
        },
    )


def _build_disposition(declared: Any, plan: LoadPlan) -> Any:
    """Build the write disposition; a merge always has the strategy of the plan.

    In a database, dlt's upsert would insert every version of a row that one load holds.
    """
    options = declared if isinstance(declared, dict) else {"disposition": declared}
    if options["disposition"] != "merge":
        return declared
    supported = {
        option: value
        for option, value in options.items()
        if plan.merge_strategy in MERGE_STRATEGY_OPTIONS.get(option, [plan.merge_strategy])
    }
    return {**supported, "strategy": plan.merge_strategy}
