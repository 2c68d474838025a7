"""Refuses rows whose keys are hashed in another way than those of the stored rows.

A merge would find none of the stored rows, and store each row twice. dlt's schema keeps of each
table which of its keys are hashed, and a hash made with the setting `mask_key`, which does not
reveal it. The stored rows are looked at only where that differs.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.masks import KEY_SETTING, list_hashed_keys
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.load.warehouse.comparisons.locked_tables import has_rows, open_locked_tables
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import Columns, StoredTables
from analytics_ingest.load.warehouse.tables.stored_hints import note_removal

HINT = "x-hashed-keys"
"""The hint of a table: the names of the keys that are hashed, and a hash of one text."""

_TEXT = b"a fingerprint of mask_key"

_DIGITS = "_" * 32
"""What a hash is like in SQL."""


def describe_keys(template: ListingTemplate) -> str:
    """Return the hint of the table of a resource; empty where no key is hashed."""
    names = list_hashed_keys(template.resource)
    if not names:
        return ""
    key = template.settings.get_value(KEY_SETTING).encode("utf-8", "surrogatepass")
    return f"{', '.join(names)} {hmac.digest(key, _TEXT, 'sha256').hex()[:32]}"


def find_rehashed(
    pipeline: WarehousePipeline,
    resources: Sequence[ResourceDeclaration],
    templates: Mapping[str, ListingTemplate],
) -> Mapping[str, WarehouseError]:
    """Find resources whose rows would not replace those that are stored.

    Returns:
        Resource → the error that it fails with.
    """
    if pipeline.default_schema_name is None:
        return {}
    known = pipeline.default_schema.tables
    stored = {r.name: str(known.get(r.table, {}).get(HINT, "")) for r in resources}
    own = {r.name: describe_keys(templates[r.name]) for r in resources}
    changed = [r for r in resources if r.is_merged and stored[r.name] != own[r.name]]
    if not changed:
        return {}
    with open_locked_tables(pipeline, "hashed keys") as tables:
        columns = tables.list_columns([resource.table for resource in changed])
        return {
            r.name: WarehouseError(f"{r.api}.{r.table}: {_advise(stored[r.name], own[r.name], r)}")
            for r in changed
            if _has_others(r, tables, columns[r.table], pipeline, is_known=bool(stored[r.name]))
        }


def forget_other_keys(table: dict[str, Any], own: str) -> None:
    """Remove what a stored table says of keys, where its rows are not hashed like that any more."""
    if table.get(HINT, own) != own:
        del table[HINT]
        note_removal(table)


def _has_others(
    resource: ResourceDeclaration,
    tables: StoredTables,
    columns: Columns,
    pipeline: WarehousePipeline,
    *,
    is_known: bool,
) -> bool:
    """Return whether a table has a row whose key is hashed in another way.

    Args:
        is_known: The schema says so; a table of an earlier version has hashes of an unknown key.
    """
    if not columns:
        return False
    if is_known:
        return has_rows(tables, resource.table)
    keys = map(pipeline.plan.column_name, list_hashed_keys(resource))
    clear = list(_clear(tables, columns, [key for key in keys if key in columns]))
    return has_rows(tables, resource.table, " or ".join(clear) or "1 = 0")


def _clear(tables: StoredTables, columns: Columns, keys: Sequence[str]) -> Iterator[str]:
    """Yield the conditions that a key is not a hash."""
    for key in keys:
        column, is_text = tables.quote(key), columns[key] == "text"
        yield f"{column} not like '{_DIGITS}'" if is_text else f"{column} is not null"


def _advise(stored: str, own: str, resource: ResourceDeclaration) -> str:
    names = [text.rpartition(" ")[0] for text in (stored, own)]
    if names[0] == names[1]:
        problem = f"sources.{resource.api}.mask_key is not that of the stored rows, whose keys are "
        problem, restore = f"{problem}hashed with it", "restore it"
    else:
        was, now = (name or "none" for name in names)
        problem = f"mask: the keys that are hashed were {was} and are {now}"
        restore = "restore mask"
    return (
        f"{problem}, so each row would be stored twice; {restore}, or start the table over: "
        f"DROP TABLE {resource.api}.{resource.table}, then load all partitions again"
    )
