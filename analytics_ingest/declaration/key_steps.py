"""Which processing steps make the primary key of a resource.

A step that renames a field to a key, or adds one, decides which rows are the same row.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from analytics_ingest.declaration.models.processing import ProcessingStep
from analytics_ingest.declaration.resolved import ResourceDeclaration

_WORD = re.compile(r"\w+")


def list_key_steps(resource: ResourceDeclaration) -> list[Any]:
    """List the parts of the processing steps that make the key, the last one first."""
    wanted = {_read_first(name) for name in resource.primary_key}
    made: list[Any] = []
    for step in reversed(resource.declared.processing_steps):
        parts = list(_iterate_parts(step, wanted))
        made += [part for part, _ in parts]
        wanted.update(*(sources for _, sources in parts))
    return made


def _iterate_parts(
    step: ProcessingStep, wanted: Collection[str]
) -> Iterator[tuple[list[Any], list[str]]]:
    """Yield the parts of a step that write a field, each with the fields that it may read."""
    for old, new in step.rename.items():
        if _read_first(new) in wanted:
            yield ["rename", old, new], [_read_first(old)]
    for name, value in step.add.items():
        if _read_first(name) in wanted:
            yield ["add", name, value, step.when], _WORD.findall(str(value))


def _read_first(path: str) -> str:
    """Return the field of the row itself in which a path is."""
    return path.split(".", 1)[0]
