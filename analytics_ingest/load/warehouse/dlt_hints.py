"""The tables of a resource as dlt hints: types, keys and how they are written."""

from collections.abc import Sequence
from typing import Any

from dlt.common.schema.typing import MERGE_STRATEGY_OPTIONS, TColumnSchema
from dlt.extract.hints import TResourceHints, make_hints
from dlt.extract.utils import ensure_table_schema_columns

from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.rows.routing import cursor_column
from analytics_ingest.load.warehouse.load_plan import LoadPlan

_PASSED_ON = (
    "merge_key",
    "schema_contract",
    "table_format",
    "file_format",
    "references",
    "nested_hints",
)


def rejected_table(resource: str) -> str:
    """Name of the table that keeps a resource's rejected rows."""
    return f"{resource}__rejected"


def columns(resource: ResourceDeclaration) -> dict[str, TColumnSchema]:
    """Column hints: the declared fields, then dlt's own `columns`, which win.

    No column is declared not null: a single such row would sink the load. The checks tell.
    """
    hints: dict[str, TColumnSchema] = {
        name: {"name": name, "data_type": field.data_type, "nullable": True}  # type: ignore[typeddict-item]
        for name, field in resource.fields.items()
    }
    cursor = cursor_column(resource)
    if cursor:
        hint = hints.setdefault(cursor, {"name": cursor, "nullable": True})
        hint["data_type"] = "timestamp"
        # Of several versions of a row in one load, the newest stays.
        hint["dedup_sort"] = "desc"  # type: ignore[typeddict-unknown-key]
    own = ensure_table_schema_columns(resource.declared.columns or {})
    if cursor and any("dedup_sort" in column for column in own.values()):
        # dlt takes one such column.
        hints[cursor].pop("dedup_sort")  # type: ignore[typeddict-item]
    for name, column in own.items():
        hints[name] = {**hints.get(name, {}), **column}
    return hints


def table_formats(
    resources: Sequence[ResourceDeclaration], plan: LoadPlan
) -> dict[str, str | None]:
    """Table → the format in which a lake keeps it."""
    own = {r.name: r.declared.table_format or plan.table_format for r in resources}
    return {**own, **{rejected_table(name): plan.table_format for name in own}}


def resource_hints(resource: ResourceDeclaration, plan: LoadPlan) -> dict[str, Any]:
    """Arguments of `dlt.resource` for a resource's own table."""
    declared = resource.declared
    passed_on = {key: getattr(declared, key) for key in _PASSED_ON}
    return {
        "name": resource.name,
        "primary_key": list(resource.primary_key) or None,
        "write_disposition": _disposition(resource.write_disposition, plan),
        "table_format": plan.table_format,
        "columns": columns(resource),
        "max_table_nesting": declared.max_table_nesting,
        **{key: value for key, value in passed_on.items() if value is not None},
    }


def rejected_hints(resource: str, plan: LoadPlan) -> TResourceHints:
    """Hints of the table that keeps a resource's rejected rows."""
    return make_hints(
        table_name=rejected_table(resource),
        write_disposition=_disposition("merge", plan),
        table_format=plan.table_format,
        primary_key="row_key",
        columns={
            "row_key": {"data_type": "text"},
            "reason": {"data_type": "text"},
            "row": {"data_type": "text"},
        },
    )


def _disposition(written: Any, plan: LoadPlan) -> Any:
    """How a table is written: where rows are merged, always by the strategy of the plan.

    By dlt's upsert, several versions of a row in one load would all become rows of a database.
    """
    declared = written if isinstance(written, dict) else {"disposition": written}
    if declared["disposition"] != "merge":
        return written
    options = {
        option: value
        for option, value in declared.items()
        if plan.merge_strategy in MERGE_STRATEGY_OPTIONS.get(option, [plan.merge_strategy])
    }
    return {**options, "strategy": plan.merge_strategy}
