"""The columns of a resource's table as Dagster's catalogue shows them, before a load and after it.

Types are dlt's. Descriptions come from `columns` and the schema file, constraints from these and
the primary key. A column that a child copies from its parent's rows has its description, and a line
of lineage to it.
"""

from collections.abc import Mapping

import dagster as dg

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.printable import to_printable
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile


def list_declared_columns(
    api: ApiDeclaration, resource: ResourceDeclaration
) -> dg.TableSchema | None:
    """List the columns whose types are declared; None if there are none."""
    types = _list_declared_types(resource)
    if resource.parent:
        of_parent = _list_declared_types(api.resources[resource.parent.resource])
        inherited = resource.inherited.items()
        types |= {name: of_parent[field] for name, field in inherited if field in of_parent}
    described = _describe(api, resource)
    columns = [_build_column(resource, name, name, kind, described) for name, kind in types.items()]
    return dg.TableSchema(columns=columns) if columns else None


def list_loaded_columns(
    api: ApiDeclaration, resource: ResourceDeclaration, profile: TableProfile
) -> dg.TableSchema:
    """List the columns that the table has after a load."""
    declared = (*resource.fields, *resource.column_hints, *resource.inherited)
    fields = {to_snake_case(name): name for name in declared}
    described = _describe(api, resource)
    return dg.TableSchema(
        columns=[
            _build_column(resource, fields.get(name, name), name, data_type, described)
            for name, data_type in profile.columns.items()
        ]
    )


def list_inherited_columns(
    api: ApiDeclaration, resource: ResourceDeclaration
) -> dg.TableColumnLineage | None:
    """Return which columns are copied from the rows of the parent.

    None without any, or its asset.
    """
    parent = api.resources[resource.parent.resource] if resource.parent else None
    if parent is None or not parent.declared.selected or not resource.inherited:
        return None
    key = dg.AssetKey([api.name, parent.name])
    return dg.TableColumnLineage(
        {
            to_snake_case(column): [dg.TableColumnDep(key, to_snake_case(field))]
            for column, field in resource.inherited.items()
        }
    )


def _list_declared_types(resource: ResourceDeclaration) -> dict[str, str]:
    types = {name: field.data_type for name, field in resource.fields.items() if field.data_type}
    for name, hint in resource.column_hints.items():
        if data_type := hint.get("data_type"):
            types[name] = str(data_type)
    return types


def _describe(api: ApiDeclaration, resource: ResourceDeclaration) -> dict[str, str]:
    if resource.parent is None:
        return resource.descriptions
    of_parent = api.resources[resource.parent.resource].descriptions
    inherited = {c: of_parent[f] for c, f in resource.inherited.items() if f in of_parent}
    return inherited | resource.descriptions


def _build_column(
    resource: ResourceDeclaration,
    field: str,
    name: str,
    data_type: str,
    described: Mapping[str, str],
) -> dg.TableColumn:
    declared, is_key = resource.fields.get(field), field in resource.primary_key
    is_required = is_key or field in resource.not_null
    return dg.TableColumn(
        name=to_printable(name),
        type=data_type,
        description=to_printable(described[field]) if field in described else None,
        constraints=dg.TableColumnConstraints(
            nullable=not is_required and (declared is None or declared.nullable),
            unique=resource.primary_key == (field,),
        ),
        tags=dict.fromkeys(declared.tags if declared else (), ""),
    )
