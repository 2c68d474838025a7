"""What says when a row changed, and the parameters that filter and sort by the same moment.

A filter by creation is never used: rows that change later would be missed.
"""

import re
from dataclasses import dataclass
from typing import Any

from analytics_ingest.common.update_names import names_update
from analytics_ingest.common.words import split_words
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.operations import Operation, Parameter
from analytics_ingest.convert.openapi.paging_names import is_paging
from analytics_ingest.convert.openapi.row_order import read_order
from analytics_ingest.convert.openapi.schemas import Shape

_CHANGE = re.compile(r"(last)?(updat|modif|chang|edit)(e|ed|es|ied|ification)?(at|on|date|time)?$")
_IN_TEXT = re.compile(r"\b(updated|modified|changed|edited|modification|last update)\b", re.I)
_CREATED = re.compile(r"\b(creat|add|insert|issued|occurr|start|sent)\w*", re.IGNORECASE)
_MOMENT = {"at", "on", "date", "time", "timestamp", "datetime", "utc", "ts", "since", "ms"}
_START = {"since", "after", "from", "gte", "gt", "ge", "min", "start", "begin", "lower", "greater"}
_END = {"until", "before", "to", "lte", "lt", "le", "max", "end", "till", "upper", "less"}
_BOUND = {*_START, *_END, "filter", "filters", "where", "query", "than", "or", "equal", "eq"}
_EXCLUSIVE = {"after", "gt"}
_DATES = re.compile(r"(?i)(?<![a-z])y{4}-m{2}-d{2}(?![ t'\"]*[t ]?['\"]?h)")
_EPOCH = re.compile(r"\b(unix|epoch)\b", re.IGNORECASE)
_MILLIS = re.compile(r"\b(milli(second)?s?|ms)\b", re.IGNORECASE)
_HOLDERS = ("attributes", "properties", "metadata", "meta", "fields")


@dataclass(frozen=True)
class Moment:
    """A field or parameter that holds a moment, and how."""

    name: str
    format: str
    """As in `incremental.cursor_format`."""
    is_date: bool = False


def read_incremental(listing: Listing, log: ConversionLog) -> Json | None:
    """Read the `incremental` of a listing; None where it is loaded whole."""
    filters = [p for p in listing.operation.parameters if _is_filter(p, listing.operation)]
    cursor = find_cursor(listing.row, listing.name)
    if cursor is None or not listing.key:
        if cursor:
            log.assume(listing.name, "has no key to merge its rows by: it is loaded whole")
        elif listing.key:
            log.assume(
                listing.name, "has no field that says when a row changed: it is loaded whole"
            )
        return None
    incremental: Json = {"cursor_path": cursor.name}
    if cursor.format != "iso8601":
        incremental["cursor_format"] = cursor.format
    incremental |= _read_filter(listing, cursor, filters, log)
    if listing.endpoint["paginator"]["type"] == "single_page":
        return incremental  # which an order cannot shorten
    order, params = read_order(listing, cursor.name, has_filter="start_param" in incremental)
    if order:
        incremental["row_order"] = order
        listing.endpoint.setdefault("params", {}).update(params)
    return incremental


def find_cursor(row: Shape, resource: str, above: str = "") -> Moment | None:
    """Find the field that says when a row of a resource changed."""
    moments = [
        Moment(f"{above}{name}", kind, shape.format == "date")
        for name in row.properties
        if names_update(name, resource)
        and (shape := row.get_field(name))
        and (kind := _find_format(name, shape))
    ]
    if moments:
        return min(moments, key=lambda moment: (moment.is_date, len(split_words(moment.name))))
    holders = [name for name in _HOLDERS if name in row.properties] if not above else []
    inner = [find_cursor(row.get_field(name), resource, f"{name}.") for name in holders]
    return next((moment for moment in inner if moment), None)


def _find_format(name: str, shape: Shape) -> str | None:
    """Return how a field or parameter holds a moment; None where the document does not show it."""
    if not shape.is_scalar:
        return None
    kinds, text = (
        set(shape.types),
        f"{shape.description} {shape.format} {' '.join(split_words(name))}",
    )
    if kinds & {"integer", "number"}:
        return _find_epoch(shape, text)
    if shape.format in ("date-time", "date"):
        return "iso8601"
    if re.search(r"rfc[-_ ]?(2822|1123|822|850)", text, re.IGNORECASE):
        return "%a, %d %b %Y %H:%M:%S %z"
    if "/Date(" in str(shape.example):
        return None
    is_named = bool(_MOMENT & set(split_words(name))) or _CHANGE.fullmatch(
        "".join(split_words(name))
    )
    return "iso8601" if is_named and not _MILLIS.search(shape.description) else None


def _find_epoch(shape: Shape, text: str) -> str | None:
    example: Any = shape.example
    if isinstance(example, int | float) and example >= 10**9:
        return "epoch_ms" if example > 10**11 else "epoch_s"
    if _MILLIS.search(text):
        return "epoch_ms"
    is_unix = shape.format.startswith(("unix", "epoch", "timestamp")) or _EPOCH.search(text)
    return "epoch_s" if is_unix else None


def _is_filter(parameter: Parameter, operation: Operation) -> bool:
    if (
        parameter.place != "query"
        or not parameter.shape.is_scalar
        or is_paging(parameter, operation)
    ):
        return False
    own = split_words(parameter.name)
    text = f"{parameter.shape.format} {parameter.description}"
    is_moment = bool(_MOMENT & set(own)) or re.search(r"date|time|timestamp|iso ?8601", text, re.I)
    return bool(is_moment) and bool((_START | _END) & set(own))


def _read_filter(
    listing: Listing, cursor: Moment, filters: list[Parameter], log: ConversionLog
) -> Json:
    """Read the parameters that bound the window, if they filter by change."""
    by_change = [p for p in filters if _filters_by_change(p, listing.name)]
    start = next((p for p in by_change if _START & set(split_words(p.name))), None)
    end = next((p for p in by_change if _END & set(split_words(p.name))), None)
    unused = [p.name for p in filters if p not in by_change]
    if unused:
        names = ", ".join(unused)
        log.assume(listing.name, f"{names} may filter by another moment than {cursor.name}: unused")
    if start is None:
        return {}
    kind = _find_param_format(start, cursor)
    if kind is None:
        log.assume(listing.name, f"{start.name} is unused: the document does not say its format")
        return {}
    block: Json = {"start_param": start.name}
    if end is not None and _find_param_format(end, cursor) == kind:
        block["end_param"] = end.name
    if kind != "iso8601":
        block["param_format"] = kind
    if set(split_words(start.name)) & _EXCLUSIVE:
        block["lookback"] = "1d" if kind == "%Y-%m-%d" else "1s"
    return block


def _filters_by_change(parameter: Parameter, resource: str) -> bool:
    own = split_words(parameter.name)
    if names_update(" ".join(word for word in own if word not in _BOUND), resource):
        return True
    if any(_CHANGE.match(word) for word in own):
        return False  # by the change of a part of the row
    if any(_CREATED.match(word) for word in own if word != "start"):
        return False
    text = parameter.description
    return bool(_IN_TEXT.search(text)) and not re.search(r"\bcreat", text, re.IGNORECASE)


def _find_param_format(parameter: Parameter, cursor: Moment) -> str | None:
    shape, text = parameter.shape, parameter.description
    if set(shape.types) & {"integer", "number"}:
        kind = _find_epoch(shape, text)
        return kind or (cursor.format if cursor.format.startswith("epoch") else None)
    if shape.format == "date-time":
        return "iso8601"
    if shape.format == "date":
        return "%Y-%m-%d"
    if _EPOCH.search(text):
        return "epoch_ms" if _MILLIS.search(text) else "epoch_s"
    return "%Y-%m-%d" if _DATES.search(f"{text} {shape.format}") else "iso8601"
