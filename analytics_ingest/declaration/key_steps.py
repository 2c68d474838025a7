"""Which processing steps make the primary key of a resource.

A step that renames a field to a key, or adds one, decides which rows are the same row.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.models.processing import ProcessingStep, read_typed_value
from analytics_ingest.declaration.resolved import ResourceDeclaration

FIELD = re.compile(r"\brecord(?:\.|\[\s*['\"])(\w+)")
"""A field of the row that an expression reads."""


def list_key_steps(resource: ResourceDeclaration) -> list[Any]:
    """List the parts of the processing steps that make the key, the last one first."""
    steps = resource.declared.processing_steps
    wanted = {_read_first(name) for name in resource.primary_key}
    if any(_removes(step, wanted) for step in steps):
        return [step.dump_declared() for step in steps]  # The key comes from elsewhere.
    made: list[Any] = []
    for step in reversed(steps):
        parts = list(_iterate_parts(step, wanted))
        made += [part for part, _ in parts]
        wanted.update(*(sources for _, sources in parts))
    return made


def _removes(step: ProcessingStep, wanted: Collection[str]) -> bool:
    """Return whether a step removes a key as it is sent."""
    lifted = step.flatten_path
    if lifted and lifted.replace_record:
        return True
    return any(name in wanted for name in (*step.remove, *step.rename))


def _iterate_parts(
    step: ProcessingStep, wanted: Collection[str]
) -> Iterator[tuple[list[Any], list[str]]]:
    """Yield the parts of a step that write a field, each with the fields that it may read."""
    for old, new in step.rename.items():
        if _read_first(new) in wanted:
            yield ["rename", old, to_snake_case(new)], [_read_first(old)]
    for name, value in step.add.items():
        if _read_first(name) in wanted:
            text, _ = read_typed_value(value)
            spelled = re.sub(r"\s+", "", str(text))
            yield ["add", to_snake_case(name), spelled, step.when], FIELD.findall(str(text))


def _read_first(path: str) -> str:
    """Return the field of the row itself in which a path is."""
    return path.split(".", 1)[0]
