"""Writes the present, in the code of a function of a row, as expressions of UTC.

now_utc(), datetime.utcnow(), pendulum.now("UTC")   →  str(now_utc())
datetime.now(timezone.utc).isoformat()              →  now_utc().isoformat()
date.today(), datetime.now(timezone.utc).date()     →  str(today_utc())
"""

import ast
import re
from dataclasses import dataclass, replace

from analytics_ingest.convert.python.clock import Moment, read_clock

_HELPERS = re.compile(
    r"(?:\w+\.)*(?:(?P<now>now_utc|utc_now|utcnow|(?:get_)?(?:current_)?utc_(?:time|datetime|now))"
    r"|today_utc|utc_today)"
)
"""What documents call functions of the present that they do not define."""
_UTC = re.compile(r"[\w.]*\butc", re.IGNORECASE)
_PATTERN = re.compile(r"[^'\"{}\\]+")
MOMENTS = {f"str({moment})": moment for moment in ("now_utc()", "today_utc()")}
"""The text of the present in an expression → how a field that has no other value writes it."""
_TEXTS = {
    "to_iso8601_string": "%Y-%m-%dT%H:%M:%S.%fZ",
    "to_datetime_string": "%Y-%m-%d %H:%M:%S",
    "to_date_string": "%Y-%m-%d",
}
"""Methods of pendulum → how they write a moment."""


@dataclass(frozen=True)
class _Present:
    """An expression that gives the present."""

    expression: str
    has_zone: bool = True
    """Whether its text in ISO 8601 ends with its offset."""
    is_date: bool = False


def write_clock(node: ast.expr) -> str | None:
    """Write the text of the present, in parentheses; None for anything else."""
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[inner], keywords=[]):
            present = _read_present(inner)
        case _:
            present = _read_present(node)
    text = f"str({present.expression})" if present else _write_text(node)
    return f"({text})" if text else None


def _read_present(node: ast.expr) -> _Present | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr=method), args=[]):
            moment = _read_present(inner)
            return _change(moment, method, node.keywords) if moment else None
        case ast.Call(func=ast.Name() | ast.Attribute() as function):
            return _read_call(
                ast.unparse(function), [*node.args, *(k.value for k in node.keywords)]
            )
        case _:
            return None


def _read_call(path: str, given: list[ast.expr]) -> _Present | None:
    if not given and (helper := _HELPERS.fullmatch(path)):
        is_naive = path.endswith(".utcnow")
        moment = _Present("now_utc()", has_zone=not is_naive)
        return moment if helper["now"] else _Present("today_utc()", is_date=True)
    moment = read_clock(path, [ast.unparse(value) for value in given], {}, 0)
    if not isinstance(moment, Moment) or moment.is_midnight:
        return None
    if moment.is_date:
        return _Present("today_utc()", is_date=True)
    return _Present("now_utc()", has_zone=bool(moment.offset))


def _change(moment: _Present, method: str, keywords: list[ast.keyword]) -> _Present | None:
    """Return the day of a moment, or the moment in UTC or without its fraction of a second."""
    if method == "date" and not keywords and not moment.is_date:
        return _Present("today_utc()", is_date=True)
    match method, [(keyword.arg, ast.unparse(keyword.value)) for keyword in keywords]:
        case "replace", [("tzinfo", zone)] if _UTC.fullmatch(zone) and not moment.is_date:
            return replace(moment, has_zone=True)
        case "replace", [("microsecond", "0")] if not moment.is_date:
            expression = f"{moment.expression}.replace(microsecond=0)"
            return replace(moment, expression=expression)
        case _:
            return None


def _write_text(node: ast.expr) -> str | None:
    """Write the text of the present, or its seconds since 1970."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="time"), attr="time"), args=[]):
            return "timestamp(now_utc())"
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=args, keywords=[]):
            moment = _read_present(inner)
            return _write_method(moment, method, args) if moment else None
        case _:
            return None


def _write_method(moment: _Present, method: str, args: list[ast.expr]) -> str | None:
    match method, args:
        case "isoformat", [] if moment.has_zone or moment.is_date:
            return f"{moment.expression}.isoformat()"
        case "isoformat", []:
            return f"{moment.expression}.replace(tzinfo=none).isoformat()"
        case "strftime", [ast.Constant(value=str(pattern))] if _PATTERN.fullmatch(pattern):
            return f"{moment.expression}.strftime('{pattern}')"
        case "timestamp", [] if not moment.is_date:
            return f"timestamp({moment.expression})"
        case _, [] if method in _TEXTS and not moment.is_date:
            return f"{moment.expression}.strftime('{_TEXTS[method]}')"
        case _:
            return None
