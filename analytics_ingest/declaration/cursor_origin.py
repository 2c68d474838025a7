"""Which value of a row its cursor is: what loads record, and what a change of it is compared with.

A row lies in a window by its cursor. Where a declaration takes the cursor from another value, a row
may lie in a window that was loaded before, though no load had it.
"""

import re

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.cursor import FORMATS
from analytics_ingest.declaration.models.processing import ProcessingStep, read_typed_value
from analytics_ingest.declaration.resolved import ResourceDeclaration

_COPY = re.compile(r"\{\{\s*record(?:\.|\[\s*['\"])(\w+)(?:['\"]\s*\])?\s*\}\}")
_AS = " as "
"""Between the value and the pattern by which it is read."""


def describe_cursor(resource: ResourceDeclaration) -> str:
    """Say where the API sends the cursor, or of what steps make it; empty for a snapshot."""
    incremental = resource.incremental
    if incremental is None:
        return ""
    origin = incremental.cursor_path.removeprefix("$.")
    # The rows of both listings have the same cursor, and other steps.
    steps = [] if resource.changes else resource.declared.processing_steps
    for step in reversed(steps):
        origin = _find_source(step, origin)
    pattern = "" if incremental.cursor_format in FORMATS else incremental.cursor_format
    return f"{origin}{_AS}{pattern}" if pattern else origin


def is_other_cursor(before: str, now: str) -> bool:
    """Return whether a row may lie in another window by a cursor than by an earlier one.

    A value that only one of two kinds of format can read was loaded with every window. Two patterns
    can read it as different moments.
    """
    (one, _, pattern), (other, _, other_pattern) = before.partition(_AS), now.partition(_AS)
    has_other_pattern = bool(pattern and other_pattern) and pattern != other_pattern
    return _fold(one) != _fold(other) or has_other_pattern


def _fold(origin: str) -> str:
    """Return the name of a field in one spelling, because a step can change that of all fields."""
    return to_snake_case(origin) if origin.isidentifier() else origin


def _find_source(step: ProcessingStep, name: str) -> str:
    """Find what a step makes a field of; the field itself where it leaves that as it is."""
    for old, new in step.rename.items():
        if new == name:
            return old
    if name not in step.add:
        return name
    text, _ = read_typed_value(step.add[name])
    if step.when:
        return f"{name} or {text} where {step.when}"
    copied = _COPY.fullmatch(str(text).strip())
    return copied[1] if copied else str(text)
