"""What a declared `schema_contract` refuses or discards: dlt itself names no resource, no count."""

from collections.abc import Iterator, Mapping, Sequence

from dlt.common.schema.exceptions import DataValidationError

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.stats import Stats

_DISCARDED = "schema_contract discarded"


def describe_refusal(api: str, error: DataValidationError) -> str:
    """Which table and column a frozen contract refuses, without the row."""
    column = error.column_name
    subject, remedy = {
        "tables": ("the table, which is new", " for the first load"),
        "columns": (f"the new column {column}", ", or declare the field"),
        "data_type": (f"a value of another type in {column}", ", or declare the field's type"),
    }[error.schema_entity]
    return (
        f"{api}.{error.table_name}: schema_contract refuses {subject}; set "
        f"{error.schema_entity}: evolve{remedy}"
    )


def warn_of_discarded(
    resources: Sequence[ResourceDeclaration],
    stats: Mapping[str, Stats],
    row_counts: Mapping[str, int],
) -> Iterator[str]:
    """Add a warning to each resource whose contract discarded rows, and yield it for the log.

    Args:
        stats: Resource → the counts of what was extracted.
        row_counts: Table → the rows that dlt has normalized.
    """
    for resource in resources:
        counts = stats[resource.name]
        if not resource.declared.schema_contract:
            continue
        discarded = counts.rows_loaded - row_counts.get(resource.table, 0)
        if discarded > 0 and not any(_DISCARDED in warning for warning in counts.warnings):
            warning = f"{_DISCARDED} {discarded} of {counts.rows_loaded} rows"
            counts.warnings.append(warning)
            yield f"{resource.api}.{resource.name}: {warning}"
