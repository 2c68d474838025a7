"""Writes code that converts a cursor to what is sent as formats: `{convert: lambda at: at[:10]}`.

Other code stays; a later pass reports it.
"""

import re

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.row_functions import read_function
from analytics_ingest.convert.python.values import Code

_KEYS = ("convert", "transform")
"""dlt's key, and the older name of it."""

_CUT = {
    "%Y-%m-%dT": re.compile(r"\d{4}-\d\d-\d\d(?:T|$)"),
    "%Y-%m-%d": re.compile(r"\d{4}-\d\d-\d\d(?!\d)"),
}
"""Begin of a format → the first values that have it."""


def translate_conversions(draft: Draft) -> None:
    """Translate the conversions of the cursors of all resources."""
    for name, cursor in draft.iterate_cursors():
        keys = [key for key in _KEYS if key in cursor]
        if keys:
            draft.converted.add(name)
        for key in keys:
            _translate(draft, name, cursor, key)


def _translate(draft: Draft, name: str | None, cursor: Json, key: str) -> None:
    code = read_function(cursor[key])
    formats = code.formats if isinstance(code, Code) else None
    if formats is None or any(cursor.get(k, kind) != kind for k, kind in formats.items()):
        return
    # Code that cuts a text off sends what is there, whatever form that has.
    first, sent = cursor.get("initial_value"), formats["param_format"]
    form = next((form for begin, form in _CUT.items() if sent.startswith(begin)), None)
    if form and isinstance(first, str) and form.match(first) is None:
        return
    del cursor[key]
    cursor |= formats
    where = f" on line {code.line}" if code.line else ""
    read = formats.get("cursor_format")
    of_rows = f", and its cursor is read as {read}" if read else ""
    reason = f"bounds are sent as {formats['param_format']}{of_rows}, as by {code.what}{where}"
    draft.log.assume(name, reason)
