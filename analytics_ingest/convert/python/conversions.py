"""Reads functions that convert a cursor to what a request sends: `lambda at: at[:10]`.

    at[:10]                                          →  param_format: '%Y-%m-%d'
    int(pendulum.parse(at).timestamp())              →  param_format: epoch_s
    pendulum.from_timestamp(at).strftime("%d.%m.%Y") →  cursor_format: epoch_s, and the pattern

A function that does anything else has no formats. Nothing is run.
"""

import ast
import copy
import re

from analytics_ingest.common.cursor import is_pattern
from analytics_ingest.convert.python.row_functions import RowFunction, take_apart

_LONGEST = 300
_MOST_NODES = 60
_DAY, _SECOND = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"

_UTC = r"(?:'UTC'|(?:\w+\.)*(?:utc|UTC))"
_NUMBER = r"(?:CURSOR|(?:int|float)\(CURSOR\))"
_QUOTIENT = rf"{_NUMBER} //? 1000(?:\.0)?"
_PARSED = re.compile(
    r"(?:pendulum\.(?:parse|instance)|(?:dateutil\.)?parser\.(?:parse|isoparse)|isoparse"
    r"|(?:\w+\.)*ensure_pendulum_datetime(?:_utc)?|(?:datetime\.)?datetime\.fromisoformat)"
    r"\(CURSOR(?:\.replace\('Z', '\+00:00'\))?\)"
)
_PATTERN = re.compile(r"(?:datetime\.)?datetime\.strptime\(CURSOR, '(?P<pattern>[^'\\]+)'\)")
_EPOCHS = {
    kind: re.compile(
        rf"(?:pendulum\.from_timestamp\({number}(?:, (?:tz=)?{_UTC})?"
        rf"|(?:datetime\.)?datetime\.fromtimestamp\({number}, (?:tz=)?{_UTC}"
        rf"|(?:datetime\.)?datetime\.utcfromtimestamp\({number})\)"
    )
    for kind, number in (
        ("epoch_s", _NUMBER),
        ("epoch_ms", rf"(?:{_QUOTIENT}|(?:int|float)\({_QUOTIENT}\))"),
    )
}
"""Format of the cursor → calls that make a moment of it; a local time is not known here."""
_ZONED = re.compile(rf"\.(?:in_timezone|in_tz|astimezone)\((?:tz=)?{_UTC}\)")

_SCALED = {
    ("epoch_ms", "epoch_s"): re.compile(rf"{_QUOTIENT}|(?:int|round)\({_QUOTIENT}\)"),
    ("epoch_s", "epoch_ms"): re.compile(rf"{_NUMBER} \* 1000"),
}
"""Formats of the cursor and of what is sent → code that makes one epoch of the other."""
_AT = r"(?:CURSOR|MOMENT)"
_TEXT = rf"(?:CURSOR|str\(CURSOR\)|{_AT}\.isoformat\(\))"
_RESULTS = {
    _DAY: re.compile(
        rf"{_TEXT}\[0?:10\]|{_TEXT}\.(?:split|partition)\('[T ]'(?:, 1)?\)\[0\]"
        rf"|{_AT}\.to_date_string\(\)|{_AT}\.date\(\)\.isoformat\(\)|str\({_AT}\.date\(\)\)"
    ),
    _SECOND: re.compile(rf"{_TEXT}\[0?:19\]"),
    "%Y-%m-%d %H:%M:%S": re.compile(rf"{_AT}\.to_datetime_string\(\)"),
    "iso8601": re.compile(
        rf"{_AT}\.(?:isoformat|to_iso8601_string)\(\)(?:\.replace\('\+00:00', 'Z'\))?"
    ),
    "epoch_s": re.compile(rf"(?:int|round)\({_AT}\.timestamp\(\)\)|{_AT}\.int_timestamp"),
    "epoch_ms": re.compile(
        rf"(?:int|round)\({_AT}\.timestamp\(\) \* 1000(?:\.0)?\)"
        rf"|(?:int\({_AT}\.timestamp\(\)\)|{_AT}\.int_timestamp) \* 1000"
    ),
}
"""Format that is sent → the code that writes it."""
_FORMATTED = re.compile(rf"{_AT}\.(?:date\(\)\.)?strftime\('(?P<pattern>[^'\\]+)'\)")
_EXTENDED = re.compile(r"(?P<text>.+) \+ '(?P<end>[^'\\%{}]+)'")
_NUMBER_AS_TEXT = re.compile(r"str\((?P<number>(?:int|round)\(.+|\S+\.int_timestamp.*)\)")


def write_formats(function: RowFunction) -> dict[str, str] | None:
    """Write how a function reads a cursor, and how it writes what is sent; None if it cannot be."""
    parameter, body = take_apart(function)
    result = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    text = _write_code(result, parameter) if result and parameter else None
    if text is None:
        return None
    for (kind, sent), code in _SCALED.items():
        if code.fullmatch(text):
            return {"cursor_format": kind, "param_format": sent}
    text, kind = _read_moment(text)
    sent = _read_result(text)
    if sent is None or not all(map(_is_known, (kind, sent))):
        return None
    return {**({} if kind == "iso8601" else {"cursor_format": kind}), "param_format": sent}


def _write_code(node: ast.expr, parameter: str) -> str | None:
    """Write code in one spelling, in which the parameter is CURSOR."""
    if sum(1 for _ in ast.walk(node)) > _MOST_NODES:
        return None
    node = copy.deepcopy(node)
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            # No other name is in capitals, so that none is taken for the cursor.
            part.id = "CURSOR" if part.id == parameter else part.id.lower()
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else None


def _read_moment(text: str) -> tuple[str, str]:
    """Put MOMENT in the place of calls that make one of the cursor, whose format they tell."""
    for kind, call in _EPOCHS.items():
        if call.search(text):
            return _ZONED.sub("", call.sub("MOMENT", text)), kind
    pattern = _PATTERN.search(text)
    text = _PATTERN.sub("MOMENT", _PARSED.sub("MOMENT", text))
    return _ZONED.sub("", text), pattern["pattern"] if pattern else "iso8601"


def _read_result(text: str) -> str | None:
    """Read the format in which code writes the cursor or the moment."""
    if number := _NUMBER_AS_TEXT.fullmatch(text):
        text = number["number"]
    if formatted := _FORMATTED.fullmatch(text):
        return formatted["pattern"]
    if extended := _EXTENDED.fullmatch(text):
        begin = _read_result(extended["text"])
        return f"{begin}{extended['end']}" if begin and "%" in begin else None
    return next((kind for kind, code in _RESULTS.items() if code.fullmatch(text)), None)


def _is_known(kind: str) -> bool:
    """Return whether a declaration knows a format."""
    return kind in ("iso8601", *_EPOCHS) or ("%" in kind and is_pattern(kind))
