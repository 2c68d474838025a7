"""Stored tables whose rows do not say how new they are, although the resource has `changes`.

They were loaded before `changes` was declared. A change could be older than its row.
"""

from dlt.common.schema.typing import C_DLT_LOAD_ID, TColumnSchema, TTableSchemaColumns

from analytics_ingest.declaration.resolved import AS_OF, ResourceDeclaration
from analytics_ingest.load.warehouse.tables.schema_contract import judge_columns


def describe_unknown_states(resource: ResourceDeclaration, stored: TTableSchemaColumns) -> str:
    """Say why a load cannot tell how new its rows, or the stored ones, are; else empty."""
    if not resource.changes or C_DLT_LOAD_ID not in stored or AS_OF in stored:
        return ""
    place = f"{resource.api}.{resource.name}"
    if resource.reads_changes:
        return (
            f"{place}: the table was loaded before changes was declared, so nothing tells which of "
            "its rows are older than a change; load the first partition again, which reads all "
            "rows of the endpoint"
        )
    column: TColumnSchema = {"name": AS_OF, "data_type": "timestamp", "nullable": True}
    known = list(stored.values())
    if resource.declared.schema_contract and any(judge_columns(resource, known, [column])):
        return (
            f"{place}: schema_contract refuses the column {AS_OF}, without which no change can be "
            "compared with its row; set columns: evolve for one load"
        )
    return ""
