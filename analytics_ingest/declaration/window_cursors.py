"""Cursors that processing steps make of the window: reports whose rows have no moment of their own.

Such a cursor says in which window a row was requested, and nothing about the row. So every row lies
in the window of its request, and no request can be probed by the moment of a row.
"""

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.declaration.key_steps import FIELD
from analytics_ingest.declaration.models.processing import is_expression, read_typed_value
from analytics_ingest.declaration.resolved import ResourceDeclaration


def find_cursor_bounds(resource: ResourceDeclaration) -> set[str]:
    """Find the bounds of the window, `start` and `end`, that steps make the cursor of.

    Empty if it may also be a value of the row, as where a step adds it under a condition.
    """
    if resource.incremental is None:
        return set()
    wanted, bounds = {resource.incremental.cursor_path}, set[str]()
    for step in reversed(resource.declared.processing_steps):
        for old in [old for old, new in step.rename.items() if new in wanted]:
            wanted = wanted - {step.rename[old]} | {old}
        for name in step.add.keys() & wanted:
            text, _ = read_typed_value(step.add[name])
            if step.when or not is_expression(text):
                return set()
            bounds |= find_references(text).bounds
            wanted = wanted - {name} | {*FIELD.findall(text)}
    return set() if wanted else bounds


def check_window_cursor(resource: ResourceDeclaration) -> None:
    """Refuse the end of the window as the cursor of rows without a key.

    Raises:
        DeclarationError: The end of a window belongs to the next one, whose load removes the rows.
    """
    incremental = resource.incremental
    if incremental is None or incremental.inclusive_end or not resource.replaces_window:
        return
    if "end" in find_cursor_bounds(resource):
        problem = (
            f"{incremental.cursor_path} is the end of the window, which begins the next one, and "
            "without primary_key a load replaces the rows of its window; make it of "
            "stream_interval.start_time, or declare primary_key"
        )
        raise resource.place.build_error("endpoint.incremental.cursor_path", problem)
