"""An expression that only names a part of the response → the path of that part."""

import re

_STEP = re.compile(
    r"""\.get\(\s*(['"])([^'"]+)\1\s*(?:,\s*(?:\{\s*\}|''|""|None|none))?\s*\)
    |\[\s*(['"])([^'"]+)\3\s*\]|\.(\w+)(?!\w*\s*\()""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_METHODS = ("get", "items", "keys", "values", "pop", "update", "copy")


def find_cursor_path(expression: str) -> str | None:
    """Find the path in the body that an expression reads; None where it is more than a path."""
    text = expression.strip()
    if not text.startswith("response"):
        return None
    names: list[str] = []
    position = len("response")
    while match := _STEP.match(text, position):
        names.append(match[2] or match[4] or match[5])
        position = match.end()
    is_path = names and position == len(text)
    if not is_path or not all(_WORD.fullmatch(name) for name in names):
        return None
    if names[-1] in _METHODS or names[0] in ("headers", "response"):
        return None
    return ".".join(names)
