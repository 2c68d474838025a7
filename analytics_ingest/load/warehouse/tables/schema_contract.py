"""What a declared `schema_contract` refuses or discards, by dlt's own rules.

dlt itself names no resource, counts nothing, and fails the whole load. Here a resource fails alone:
for its declared table before it is read (`find_refusal`), or for its rows (`find_refusal_among`).
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

from dlt.common.schema import Schema
from dlt.common.schema.exceptions import DataValidationError
from dlt.common.schema.typing import TColumnSchema, TTableSchema
from dlt.common.schema.utils import new_table, normalize_table_identifiers
from dlt.extract.resource import DltResource

from analytics_ingest.common.errors import list_causes
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.stats import Stats

_DISCARDED = "schema_contract discarded"


def find_refusal(resource: DltResource, schema: Schema) -> DataValidationError | None:
    """Return what a contract refuses of the tables that a resource declares."""
    try:
        for table in _list_declared_tables(resource, schema):
            name = str(table.get("name"))
            contract = schema.resolve_contract_settings_for_table(name, table)
            schema.apply_schema_contract(contract, deepcopy(table))
    except DataValidationError as error:
        return error
    return None


def _list_declared_tables(resource: DltResource, schema: Schema) -> Iterator[TTableSchema]:
    root = resource.compute_table_schema()
    nested = resource.compute_nested_table_schemas(str(root.get("name")), schema.naming)
    for table in (root, *nested):
        yield normalize_table_identifiers(table, schema.naming)


def judge_columns(
    resource: ResourceDeclaration, known: Sequence[TColumnSchema], added: Sequence[TColumnSchema]
) -> Iterator[tuple[str, str]]:
    """Yield what a contract does with columns that rows would add: each column, and the mode.

    A table that the contract does not allow at all is yielded under its own name.
    """
    schema, settings = Schema(resource.api), resource.declared.schema_contract
    contract = Schema.expand_schema_contract_settings(settings)
    table = new_table(resource.table, columns=list(known))
    _, refused = schema.apply_schema_contract(contract, deepcopy(table), raise_on_freeze=False)
    if not refused:
        table["x-normalizer"] = {"seen-data": True}
        schema.update_table(table)
        further = new_table(resource.table, columns=list(added))
        _, refused = schema.apply_schema_contract(contract, further, raise_on_freeze=False)
    yield from ((name, mode) for _, name, mode in refused)


def find_refusal_among(error: BaseException) -> DataValidationError | None:
    """Find the refusal of a contract among an error and its causes."""
    return next((e for e in list_causes(error) if isinstance(e, DataValidationError)), None)


def describe_refusal(api: str, error: DataValidationError) -> str:
    """Return which table and column a frozen contract refuses, without the row."""
    column = error.column_name
    subject, times = {
        "tables": ("the table, which is new", "the first load"),
        "columns": (f"the new column {column}", "one load"),
        "data_type": (f"a value of another type in {column}", "one load"),
    }[error.schema_entity]
    return (
        f"{api}.{error.table_name}: schema_contract refuses {subject}; set "
        f"{error.schema_entity}: evolve for {times}"
    )


def warn_of_discarded(
    resources: Sequence[ResourceDeclaration],
    stats: Mapping[str, Stats],
    row_counts: Mapping[str, int],
) -> Iterator[str]:
    """Add a warning to each resource whose contract discarded rows, and yield it for the log.

    Args:
        resources: Those that are loaded.
        stats: Resource → the counts of what was extracted.
        row_counts: Table → the rows that dlt has normalized.
    """
    for resource in resources:
        counts = stats[resource.name]
        if not resource.declared.schema_contract:
            continue
        discarded = counts.rows_stored - row_counts.get(resource.table, 0)
        if discarded > 0 and not any(_DISCARDED in warning for warning in counts.warnings):
            warning = f"{_DISCARDED} {discarded} of {counts.rows_stored} rows"
            counts.warnings.append(warning)
            yield f"{resource.api}.{resource.name}: {warning}"
