"""Tables of rows without a key: a load replaces the rows of its window, in one transaction.

The window is dlt's `destination_scope`: a merge deletes the stored rows in it, and inserts those of
the load.
"""

from dlt.common.schema import Schema

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import CURSOR_COLUMN, ResourceDeclaration
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan

SCOPE = "x-merge-destination-scope"
"""dlt's hint of a table: the condition for stored rows that a merge may delete or retire."""


def describe_scope(resource: ResourceDeclaration, window: Window, plan: LoadPlan) -> dict[str, str]:
    """Return the hint of a table whose rows of a window are replaced; empty for any other table."""
    if not resource.replaces_window:
        return {}
    column = f'"{plan.column_name(resource.cursor_column or CURSOR_COLUMN)}"'
    bounds = ((">=", window.start), ("<", window.end))
    conditions = [
        f"{column} {sign} cast('{moment.isoformat(sep=' ')}' as timestamp with time zone)"
        for sign, moment in bounds
        if moment
    ]
    return {SCOPE: " and ".join(conditions) or "1 = 1"}


def get_scope(resource: ResourceDeclaration, schema: Schema) -> str:
    """Return the condition in SQL for the stored rows that a load may remove."""
    table = schema.tables.get(resource.table, {}) if resource.replaces_window else {}
    return str(table.get(SCOPE, "1 = 1"))
