"""`mask`: the fields of a resource's rows that never reach the warehouse as they were sent.

A path names fields by dots, as `address.street`. Lists need no sign of their own: the items of a
list are masked like a single value. `contacts[*].email` is `contacts.email`, and that of each
object in `contacts` where it is an object. A child's copy of a parent's field
(`include_from_parent`) has the mask of that field.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from analytics_ingest.common.column_names import to_ascii, to_snake_case
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.field_rules import Mask
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.mask_steps import (
    find_copies,
    hides_names,
    lifts_object,
)

KEY_SETTING = "mask_key"


_OF_ROW = re.compile("( of the row)+$")


def normalize_field(name: str) -> str:
    """Return what the spellings of a name have in common: its letters and digits, Latin, small."""
    text = unicodedata.normalize("NFKC", _OF_ROW.sub("", name))
    letters = "".join(c for c in text if c.isalnum() or unicodedata.category(c)[0] == "M")
    return re.sub(r"[\W_]", "", to_ascii(letters)).lower() or to_snake_case(name)


@lru_cache(maxsize=10_000)
def list_suffixes(name: str) -> tuple[str, ...]:
    """List what spellings of a flattened field have in common, with its path and without."""
    parts = name.split(".")
    return tuple(normalize_field(".".join(parts[first:])) for first in range(len(parts)))


def build_names(masks: Sequence[Mask]) -> frozenset[str]:
    """Build what the spellings of masked fields have in common, by their paths."""
    return frozenset(_normalize_path(mask.path) for mask in masks)


def resolve_masks(
    api: Api, resources: Mapping[str, ResourceDeclaration]
) -> dict[str, ResourceDeclaration]:
    """Resolve the same resources with their masks, those of inherited columns included.

    Args:
        resources: Parents first.

    Raises:
        DeclarationError: A mask cannot work.
    """
    own = {raw.name: raw.dump_declared().get("mask") or {} for raw in api.resources}
    resolved: dict[str, ResourceDeclaration] = {}
    for name, resource in resources.items():
        masks = [
            Mask(_parse(resource, text), rule, is_own=text in own[name], items=_find_items(text))
            for text, rule in resource.declared.mask.items()
        ]
        if masks and KEY_SETTING in api.settings:
            problem = f"settings.{KEY_SETTING} is a literal secret; set sources.{resource.api}"
            raise resource.place.build_error("mask", f"{problem}.{KEY_SETTING} instead")
        if resource.parent:
            known = {_normalize_path(mask.path) for mask in masks}
            inherited = _find_inherited(resource, resolved[resource.parent.resource].masks)
            masks += [mask for mask in inherited if _normalize_path(mask.path) not in known]
        _check(resource, masks)
        if resource.changes:
            _check(resource.changes, masks)
        resolved[name] = replace(resource, masks=tuple(masks)) if masks else resource
    return resolved


def list_keys(resource: ResourceDeclaration) -> list[str]:
    """List the fields by which a merge finds the rows to replace."""
    merge_key = resource.declared.merge_key or ()
    names = [merge_key] if isinstance(merge_key, str) else merge_key
    return [*resource.primary_key, *names]


def list_hashed_keys(resource: ResourceDeclaration) -> list[str]:
    """List the keys of a resource that are masked."""
    hints = resource.column_hints.items()
    hinted = [name for name, hint in hints if hint.get("merge_key") or hint.get("primary_key")]
    masked = {_normalize_path(mask.path) for mask in resource.masks}
    return [
        name for name in sorted({*list_keys(resource), *hinted}) if normalize_field(name) in masked
    ]


def _parse(resource: ResourceDeclaration, text: str) -> tuple[str, ...]:
    """Return the names of a path."""
    names = tuple(text.replace("[*]", "").split("."))
    if set(text.replace("[*]", "")) & set("[]'\"$*@?"):
        names = tuple(_list_names(text)) if text else ()
    if not all(name.strip() for name in names):
        problem = f"'{text}' is not the path of a field; write e.g. email, address.street or "
        raise resource.place.build_error(
            "mask", f"{problem}contacts[*].email, or ['a.b'] for a dot"
        )
    return names


def _find_items(text: str) -> frozenset[int]:
    """Find after how many names of a path there is `[*]`."""
    names = enumerate(text.split("."), 1)
    return frozenset(number for number, name in names if name.endswith("[*]"))


def _list_names(text: str) -> Iterator[str]:
    """Yield the names of a JSONPath; an empty one where it is more than names and lists."""
    from jsonpath_ng import Child, Fields, Root, Slice
    from jsonpath_ng.exceptions import JSONPathError

    try:
        parts = [compile_path(text)]
    except JSONPathError:
        parts = []
        yield ""
    while parts:
        part = parts.pop()
        if isinstance(part, Child):
            parts += [part.right, part.left]
        elif isinstance(part, Fields) and len(part.fields) == 1 and part.fields[0] != "*":
            yield part.fields[0]
        elif not isinstance(part, Root) and not (isinstance(part, Slice) and part == Slice()):
            yield ""


def _normalize_path(path: Sequence[str]) -> str:
    return "".join(map(normalize_field, path))


def _list_prefixes(path: Sequence[str]) -> list[str]:
    """Return what a path and those of the objects around it have in common with other spellings."""
    return [_normalize_path(path[: end + 1]) for end in range(len(path))]


def _check(resource: ResourceDeclaration, masks: Sequence[Mask]) -> None:
    for mask in masks:
        if problem := _find_problem(resource, mask, masks):
            raise resource.place.build_error("mask", f"'{'.'.join(mask.path)}' {problem}")


def _find_problem(resource: ResourceDeclaration, mask: Mask, masks: Sequence[Mask]) -> str | None:
    key = _normalize_path(mask.path)
    for other in masks:
        if other is not mask and key in _list_prefixes(other.path):
            return f"and '{'.'.join(other.path)}' name the same values; keep one"
    cursors = [resource.incremental.cursor_path if resource.incremental else resource.sequence]
    if any(key in _list_prefixes(cursor.split(".")) for cursor in cursors if cursor):
        return "is the cursor, which decides what is loaded and when; remove it"
    for name in list_keys(resource):
        if key == normalize_field(name) and mask.rule != "hash":
            return (
                f"is a key, and {mask.rule or 'null'} would merge different rows into one; use hash"
            )
        if key in _list_prefixes(name.split("."))[:-1]:
            return f"holds the key {name}; mask that field itself, by hash"
    return (
        _find_hint_problem(resource, mask)
        or _find_step_problem(resource, mask, masks)
        or _find_type_problem(resource, mask)
    )


def _find_hint_problem(resource: ResourceDeclaration, mask: Mask) -> str | None:
    """Return why a field cannot be masked by which dlt decides what stays."""
    for name, hint in resource.column_hints.items():
        if normalize_field(name) != _normalize_path(mask.path):
            continue
        for key in ("hard_delete", "dedup_sort"):
            if hint.get(key):
                return f"decides by columns.{name}.{key} which rows stay; remove one"
        if (hint.get("merge_key") or hint.get("primary_key")) and mask.rule != "hash":
            return (
                f"is a key by columns.{name}, and {mask.rule or 'null'} would merge different rows "
                "into one; use hash"
            )
    return None


def _find_step_problem(
    resource: ResourceDeclaration, mask: Mask, masks: Sequence[Mask]
) -> str | None:
    """Return why a field is loaded in the clear: a step takes it to a name that has no mask."""
    known, steps = build_names(masks), resource.declared.processing_steps
    if lifts_object(mask.path, steps):
        return "holds the object that flatten_path lifts, so its fields stay clear; mask these"
    if hides_names(steps):
        return (
            "may get its path before its name by flatten, and a later step renames that, so that "
            "no mask knows it; let flatten follow keys and keys_replace"
        )
    for path in find_copies(mask.path, steps):
        if known.isdisjoint(_list_prefixes(path)):
            name = ".".join(path)
            return f"becomes '{name}' by processing_steps, which is not masked; mask {name} too"
    return None


def _find_type_problem(resource: ResourceDeclaration, mask: Mask) -> str | None:
    """Return why a masked value, which is a text, does not have its declared type."""
    types = {n: "text" if f.is_list else f.data_type for n, f in resource.fields.items()}
    hints = resource.column_hints.items()
    types |= {name: hint["data_type"] for name, hint in hints if "data_type" in hint}
    for name, data_type in types.items():
        if (
            mask.rule
            and data_type != "text"
            and normalize_field(name) == _normalize_path(mask.path)
        ):
            become = f"becomes a text by {mask.rule}"
            return f"{become}, and {name} is declared as {data_type}; declare it as a string"
    return None


def _find_inherited(resource: ResourceDeclaration, masks: Sequence[Mask]) -> Iterator[Mask]:
    """Yield the masks of the columns that a resource copies from its parent."""
    for column, field in resource.inherited.items():
        for mask in masks:
            if normalize_field(field) in (keys := _list_prefixes(mask.path)):
                names = keys.index(normalize_field(field)) + 1
                items = frozenset(n - names + 1 for n in mask.items if n >= names)
                path = (column, *mask.path[names:])
                yield Mask(path, mask.rule, is_own=False, items=items)
