"""Where the processing steps of a resource take the value of a field.

A renamed, lifted or plainly copied field is found. What an expression makes of it is not, as the
domain of an e-mail address: it may be meant to be in the clear.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from analytics_ingest.declaration.models.processing import (
    FlattenPath,
    ProcessingStep,
    read_typed_value,
)

Path = tuple[str, ...]

_COPY = re.compile(
    r"""\s*\{\{-?\s*record((?:\.\w+|\[\s*(?:'[^']*'|"[^"]*")\s*\])+)"""
    r"""\s*(?:\|\s*(?:string|lower|upper|trim)\s*)*-?\}\}\s*"""
)
_NAME = re.compile(r"""\.(\w+)|'([^']*)'|"([^"]*)\"""")


def find_copies(path: Path, steps: Sequence[ProcessingStep]) -> set[Path]:
    """Find the other paths that hold the value of a field after all steps."""
    paths = {path}
    for step in steps:
        removed = {tuple(name.split(".")) for name in step.remove if not step.when}
        paths = {q for p in paths for q in _follow_step(p, step)} - removed
    return paths - {path}


def find_origins(path: Path, steps: Sequence[ProcessingStep]) -> set[Path]:
    """Find the paths at which the value of a field stays where its name is taken in a row."""
    paths = {path}
    for step in reversed(steps):
        paths |= {origin for p in paths for origin in _follow_back(p, step)}
    return paths - {path}


def _follow_back(path: Path, step: ProcessingStep) -> Iterator[Path]:
    lift, (first, *rest) = step.flatten_path, path
    if lift and first.startswith(lift.prefix) and first.endswith(lift.suffix):
        name = first.removeprefix(lift.prefix).removesuffix(lift.suffix)
        yield (*lift.path, name, *rest)
    replaced = {new: old for old, new in step.keys_replace.items() if new}
    if replaced:
        yield tuple(_replace_part(name, replaced) for name in path)


def hides_names(steps: Sequence[ProcessingStep]) -> bool:
    """Return whether a step changes the dots by which the names of `flatten` show their paths."""
    is_flat = False
    for step in steps:
        if is_flat and (step.keys == "snake_case" or any("." in old for old in step.keys_replace)):
            return True
        is_flat |= step.flatten is not None
    return False


def lifts_object(path: Path, steps: Sequence[ProcessingStep]) -> bool:
    """Return whether a step makes fields of what is at a path, or of an object in it."""
    lifts = [step.flatten_path.path for step in steps if step.flatten_path]
    return any(
        len(lift) >= len(path) and all(a in ("*", b) for a, b in zip(lift, path, strict=False))
        for lift in lifts
    )


def _follow_step(path: Path, step: ProcessingStep) -> Iterator[Path]:
    """Yield where the value at a path is after a step."""
    moved = [*_follow_renames(path, step.rename)]
    if step.flatten_path:
        moved += _follow_lift(path, step.flatten_path)
    if step.flatten and len(path) > 1:
        moved.append(path[-1:])
    if step.keys_replace:
        moved.append(tuple(_replace_part(name, step.keys_replace) for name in path))
    yield from moved or [path]
    for name, value in step.add.items():
        text, _ = read_typed_value(value)
        match = _COPY.fullmatch(text) if isinstance(text, str) else None
        if match:
            read = tuple(next(filter(None, m)) for m in _NAME.findall(match[1]))
            yield from _follow_move(path, read, tuple(name.split(".")))


def _follow_renames(path: Path, names: Mapping[str, str]) -> Iterator[Path]:
    for old, new in names.items():
        yield from _follow_move(path, tuple(old.split(".")), tuple(new.split(".")))


def _follow_move(path: Path, old: Path, new: Path) -> Iterator[Path]:
    """Yield where a value is if what is at one path goes to another: it, or an object around it."""
    if path[: len(old)] == old:
        yield (*new, *path[len(old) :])
    elif old[: len(path)] == path:
        yield new


def _follow_lift(path: Path, step: FlattenPath) -> Iterator[Path]:
    around = len(step.path)
    if len(path) > around and all(a in ("*", b) for a, b in zip(step.path, path, strict=False)):
        yield (f"{step.prefix}{path[around]}{step.suffix}", *path[around + 1 :])


def _replace_part(name: str, parts: Mapping[str, str]) -> str:
    for old, new in parts.items():
        name = name.replace(old, new)
    return name
