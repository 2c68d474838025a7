"""Checks the names of APIs, resources and tables: what can be a dataset, an asset and a table."""

import json
import re

from analytics_ingest.common.column_names import hash_shortly, to_snake_case
from analytics_ingest.common.printable import to_printable
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolved import ResourceDeclaration

RESERVED = ("information_schema", "main", "public", "system", "temp")
"""Schemas that a warehouse has already, and catalogs of DuckDB."""
RESERVED_PREFIX = "pg_"

_NAME = re.compile(r"[a-z]([a-z0-9_]*[a-z0-9])?")
_NOT_A_NAME = "is not a name; use a-z, 0-9 and single _"


def check_names(name: str, api: Api) -> None:
    """Check that the API's name can be a dataset, and that no two resources share a table.

    Raises:
        DeclarationError: One of them cannot be used.
    """
    if not _is_name(name):
        raise Place(name).build_error("folder", f"'{name}' {_NOT_A_NAME}")
    if is_reserved(name):
        raise Place(name).build_error(
            "folder", f"'{name}' is a schema of the warehouse's own; rename it"
        )
    names = [resource.name for resource in api.resources]
    if twice := [n for n in names if names.count(n) > 1]:
        problem = f"'{twice[0]}' is declared twice; rename one"
        raise Place(name, twice[0]).build_error("name", problem)
    tables: dict[str, str] = {}
    for resource in api.resources:
        table = resource.table_name or resource.name
        if (other := tables.setdefault(table, resource.name)) != resource.name:
            problem = f"'{table}' is the table of {other}; rename it"
            raise Place(name, resource.name).build_error("table_name", problem)


def is_reserved(name: str) -> bool:
    """Return whether an API's dataset would be a schema that belongs to the warehouse."""
    return name in RESERVED or name.startswith(RESERVED_PREFIX)


def check_resource_name(resource: ResourceDeclaration) -> None:
    """Check the names; the message suggests a valid one, and says where the path belongs."""
    if _is_name(resource.name):
        if not _is_name(resource.table):
            problem = f"'{to_printable(resource.table)}' {_NOT_A_NAME}"
            raise resource.place.build_error("table_name", problem)
        return
    words = re.sub(r"[\W_]+", " ", resource.name).lstrip("0123456789 ").rstrip()
    spelled = to_snake_case(words).removesuffix(f"_{hash_shortly(words)}")
    better = spelled if _is_name(spelled) else "items"
    path = json.dumps(resource.path, ensure_ascii=False)
    problem = (
        f"'{to_printable(resource.name)}' {_NOT_A_NAME}, and endpoint.path for the path: "
        f"{{name: {better}, endpoint: {{path: {path}}}}}"
    )
    raise resource.place.build_error("name", problem)


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and "__" not in name
