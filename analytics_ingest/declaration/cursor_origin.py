"""Which value of a row its cursor is: what loads record, and what a change of it is compared with.

A row lies in a window by its cursor. Where a declaration takes the cursor from another value, a row
may lie in a window that was loaded before, though no load had it.
"""

from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.cursor import FORMATS
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.models.processing import (
    ProcessingStep,
    is_expression,
    read_typed_value,
)
from analytics_ingest.declaration.resolved import ResourceDeclaration

_AS = " as "
"""Between the value and the pattern by which it is read."""


def describe_cursor(resource: ResourceDeclaration) -> str:
    """Say where the API sends the cursor, or of what steps make it; empty for a snapshot."""
    incremental = resource.incremental
    if incremental is None:
        return ""
    # As steps write it, without brackets and quotes.
    origin = str(compile_path(incremental.cursor_path)).removeprefix("$.")
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
    return has_other_pattern or not _are_same(one, other)


def _are_same(origin: str, other: str) -> bool:
    """Return whether two cursors differ in their spelling at most."""
    if not is_expression(origin) or not is_expression(other):
        return _fold(origin) == _fold(other)
    from analytics_ingest.common.expressions.row_fields import are_same

    return are_same(origin, other)


def _fold(path: str) -> str:
    """Return the path of a field in one spelling, because a step can change that of all fields."""
    names = path.split(".")
    is_of_names = all(name.isidentifier() for name in names)
    return ".".join(map(to_snake_case, names)) if is_of_names else path


def _find_source(step: ProcessingStep, path: str) -> str:
    """Find what a step makes a field of; the field itself where it leaves that as it is."""
    for old, new in reversed(step.rename.items()):
        if _is_in(path, new):
            return old + path[len(new) :]
    for name, value in reversed(step.add.items()):
        if _is_in(path, name):
            made = _describe_made(value, path[len(name) + 1 :])
            path = f"{path} or {made} where {step.when}" if step.when else made
    return path


def _is_in(path: str, name: str) -> bool:
    """Return whether a path is that of a field, or of a value in it."""
    return path == name or path.startswith(f"{name}.")


def _describe_made(added: Any, rest: str) -> str:
    """Describe what a field is made of, or the value at a path in it."""
    text = str(read_typed_value(added)[0]).strip()
    copied = _read_copied(text)
    if copied is None:
        return f"{rest} of {text}" if rest else text
    return f"{copied}.{rest}" if rest else copied


def _read_copied(text: str) -> str | None:
    """Read the path of the field that an added one is a copy of."""
    if not is_expression(text):
        return None
    from analytics_ingest.common.expressions.row_fields import read_row_field

    return read_row_field(text)
