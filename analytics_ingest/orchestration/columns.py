"""The columns of a resource's table as Dagster's catalogue shows them, before a load and after it.

Types are dlt's. Descriptions come from `columns`, constraints from `fields` and the primary key.
"""

from typing import Any

import dagster as dg

from analytics_ingest.common.column_names import snake_case
from analytics_ingest.common.printable import printable
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.table_profile import TableProfile


def declared_columns(resource: ResourceDeclaration) -> dg.TableSchema | None:
    """The columns whose types are declared; None if there is none."""
    types = {name: field.data_type for name, field in resource.fields.items()}
    for name, hint in resource.column_hints.items():
        if data_type := hint.get("data_type"):
            types[name] = str(data_type)
    columns = [_column(resource, name, name, data_type) for name, data_type in types.items()]
    return dg.TableSchema(columns=columns) if columns else None


def loaded_columns(resource: ResourceDeclaration, profile: TableProfile) -> dg.TableSchema:
    """The columns that the table has after a load."""
    fields = {snake_case(name): name for name in (*resource.fields, *resource.column_hints)}
    return dg.TableSchema(
        columns=[
            _column(resource, fields.get(name, name), name, data_type)
            for name, data_type in profile.columns.items()
        ]
    )


def _column(resource: ResourceDeclaration, field: str, name: str, data_type: str) -> dg.TableColumn:
    declared = resource.fields.get(field)
    description: Any = resource.column_hints.get(field, {}).get("description")
    return dg.TableColumn(
        name=printable(name),
        type=data_type,
        description=printable(str(description)) if description else None,
        constraints=dg.TableColumnConstraints(
            nullable=(declared is None or declared.nullable) and field not in resource.primary_key,
            unique=resource.primary_key == (field,),
        ),
    )
