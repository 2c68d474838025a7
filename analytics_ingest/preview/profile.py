"""The rows of a preview → what checks judge, by the load's own rules."""

from collections import Counter
from datetime import datetime, timezone
from typing import Any, NamedTuple, cast

from dlt.common.data_types import TDataType

from analytics_ingest.common.column_names import OTHER_FIELDS, to_snake_case
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.extract.shared_keys import describe_shared
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.resource_columns import build_field_names, build_types
from analytics_ingest.load.rows.classification import Coercion, classify_coercion
from analytics_ingest.load.rows.column_types import ColumnTypes, infer_type
from analytics_ingest.load.rows.routing import RowRouter
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.load.warehouse.tables.dlt_hints import build_column_hints


class PreviewProfile(NamedTuple):
    """What a load would find in the rows of a preview."""

    table: TableProfile
    reasons: Counter[str]
    """Why rows would be rejected → how many."""
    stats: Stats
    """What the load would count."""


def profile_rows(preview: ResourcePreview) -> PreviewProfile:
    """Count what a load would find in the rows that are objects.

    Rows that a load would reject count too, so that their fields are looked at as well.
    """
    resource, objects, stats = preview.resource, preview.objects, Stats()
    types = ColumnTypes(build_column_hints(resource), {}, str)
    _, rejected = RowRouter(resource, EVERYTHING, types, stats).route(objects)
    expected = _list_expected_columns(preview)
    latest = datetime.now(timezone.utc) + resource.declared.future_tolerance
    table = TableProfile(
        of_load=True,
        is_merged=resource.is_merged,
        rows=len(objects),
        columns={**_infer_columns(preview), **expected},
        expected=expected,
        nulls={n: sum(row.get(n) is None for row in objects) for n in resource.not_null},
        variants={n: _count_misfits(preview, n, to) for n, to in expected.items()},
        key_warning=describe_shared(resource, preview.keys_shared),
        others=sum(OTHER_FIELDS in row for row in _rename(preview)),
        rejected=len(rejected),
        future=sum(moment > latest for moment in preview.moments),
        unreadable=stats.cursors_unreadable,
        cursor_type=expected.get(resource.cursor_column or ""),
    )
    return PreviewProfile(table, Counter(row["reason"] for row in rejected), stats)


def _rename(preview: ResourcePreview) -> list[dict[str, Any]]:
    """Return the rows as a load would give them to an empty table: each field under its column."""
    resource = preview.resource
    types = build_types(resource, {}, to_snake_case)
    return build_field_names(resource, types, {}).rename(preview.objects)


def _list_expected_columns(preview: ResourcePreview) -> dict[str, str]:
    hints = build_column_hints(preview.resource).items()
    return {name: str(hint.get("data_type")) for name, hint in hints if "data_type" in hint}


def _infer_columns(preview: ResourcePreview) -> dict[str, str]:
    values = [(n, v) for row in preview.objects for n, v in row.items() if v is not None]
    return {name: infer_type(value) for name, value in values}


def _count_misfits(preview: ResourcePreview, field: str, data_type: str) -> int:
    """Count rows whose value does not fit the column; cursors are read before they are stored."""
    if field == preview.resource.cursor_column:
        return 0
    values = [row[field] for row in preview.objects if row.get(field) is not None]
    to = cast(TDataType, data_type)
    coercions = [classify_coercion(to, value, is_declared=True) for value in values]
    return sum(coercion is not Coercion.STORED for coercion in coercions)
