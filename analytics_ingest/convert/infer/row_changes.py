"""Takes from the prose how rows change: a filter, fields that are removed, fields of the parent.

Only a sentence that says it clearly is taken. Another one about filters or transformations is
logged if the configuration has none of the resource.
"""

import re
from typing import Any

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.matching import list_singulars, read_stem
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    bind_field,
    changes_field,
    read_binding,
)
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.lines import iterate_lines_with_resource
from analytics_ingest.convert.prose.sentences import (
    is_conditional,
    is_statement,
    split_clauses,
)
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_NAME = r"`([A-Za-z_]\w*)`"
_NAMES = rf"{_NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_NAME})*"
_ROWS = r"(?:the|each|every|all|its|their)?\s*(?:record|row)s?\b(?! of\b)"
_FILTER = re.compile(r"\b(record[ _]?filter|filter(ed)? by)\b", re.IGNORECASE)
_EXPRESSION = re.compile(r"`?(\{\{.*?\}\})`?")
_REMOVED = re.compile(
    rf"fields? (?P<names>{_NAMES}) (?:is|are) removed (?:from {_ROWS}|\(`?RemoveFields)", re.I
)
_ADDED = re.compile(rf"(?P<names>{_NAMES}) (?:is|are) added to {_ROWS}", re.IGNORECASE)
_GIVEN = re.compile(rf"(?:record|row)s? gets? (?P<names>{_NAMES}) from (?:the|its) parent", re.I)
_SLICE = re.compile(
    r"""\bstream_(?:partition|slice)(?:\.(?!get\b)|\[['"]|\.get\(['"])(\w+)(?:['"]\]|['"]\))?"""
)
_BOUND = re.compile(
    r"""\bstream_(?:partition|slice|interval)(?:\.|\[['"]|\.get\(['"])(start|end)_(?:time|date)\b"""
    r"""(?:['"]\]|['"]\))?"""
)
_BY_THE_API = re.compile(r"\bby (?:the )?(?:api|server|vendor|provider)\b", re.IGNORECASE)
_HINT = re.compile(
    r"\b(record[ _]?filter|RemoveFields|AddFields|transformations? (?:of|is|are)"
    r"|(?:is|are) not (?:to be )?loaded|only those\b.*\bloaded)\b",
    re.IGNORECASE,
)


def infer_row_changes(draft: Draft, document: Document) -> None:
    """Add the steps that sentences describe, and the fields of keys that only a parent has."""
    for line, named in iterate_lines_with_resource(document, draft.by_name):
        name = named or draft.only_name
        for sentence in [] if line.is_heading else split_clauses(line.text):
            resource = draft.by_name[name] if name and _states_change(sentence) else None
            if resource and _take_sentence(draft, resource, sentence):
                continue
            is_filter = _FILTER.search(sentence) and _EXPRESSION.search(sentence)
            if (is_filter or _HINT.search(sentence)) and not _has_steps(draft, name):
                reason = "the prose speaks of rows that are filtered or changed"
                draft.log.assume(name, f"{reason}: declare processing_steps")
    for resource in draft.resources:
        _add_key_fields(draft, resource)
        _bind_slices(draft, resource)


def _states_change(sentence: str) -> bool:
    is_plain = is_statement(sentence) and not is_conditional(sentence)
    return is_plain and not _BY_THE_API.search(sentence)


def _has_steps(draft: Draft, name: str | None) -> bool:
    """Return whether a resource, or any of them, has steps."""
    holders = [draft.by_name[name]] if name else draft.resources
    return any("processing_steps" in holder for holder in (draft.defaults, *holders))


def _take_sentence(draft: Draft, resource: Json, sentence: str) -> bool:
    expressions = _EXPRESSION.findall(sentence)
    if _FILTER.search(sentence) and len(expressions) == 1 and "record" in expressions[0]:
        _take_filter(draft, resource, expressions[0])
        return True
    if removed := _REMOVED.search(sentence):
        fields = [
            name for name in _read_names(removed["names"]) if not changes_field(resource, name)
        ]
        if fields:
            add_step(resource, {"remove": fields})
            draft.log.assume(resource["name"], f"{_join(fields)} removed, as the prose says")
        return True
    if added := _ADDED.search(sentence) or _GIVEN.search(sentence):
        value = expressions[0] if len(expressions) == 1 else None
        names = _read_names(added["names"])
        are_added = [_add_field(draft, resource, name, value) for name in names]
        return all(are_added)
    return False


def _take_filter(draft: Draft, resource: Json, expression: str) -> None:
    if not _has_steps(draft, resource["name"]):
        add_step(resource, {"filter": expression})
        draft.log.assume(resource["name"], "its rows are filtered, as the prose says")
    elif not _holds_filter(draft, resource, expression):
        reason = "its processing_steps are as configured; the prose names another filter"
        draft.log.assume(resource["name"], reason)


def _holds_filter(draft: Draft, resource: Json, expression: str) -> bool:
    """Return whether the steps of a resource, or of all, hold a filter; blanks do not count."""
    holders = (draft.defaults, resource)
    steps = [step for holder in holders for step in holder.get("processing_steps") or []]
    filters = [str(step.get("filter")) for step in steps if isinstance(step, dict)]
    return _squeeze(expression) in map(_squeeze, filters)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text).replace('"', "'")


def _read_names(text: str) -> list[str]:
    return re.findall(_NAME, text)


def _join(names: list[str]) -> str:
    return f"{', '.join(names)} {'are' if len(names) > 1 else 'is'}"


def _add_field(draft: Draft, resource: Json, field: str, value: str | None) -> bool:
    """Add a field whose value an expression gives, or a binding of its name."""
    if changes_field(resource, field):
        return True
    expression = value if value and strip_braces(value) else bind_field(resource, field)
    if expression is None:
        return False
    add_step(resource, {"add": {field: expression}})
    draft.log.assume(resource["name"], f"{field} is added to its rows, as the prose says")
    return True


def _add_key_fields(draft: Draft, resource: Json) -> None:
    """Add the fields of a composite key that are named like a binding, such as `order_id`.

    A bare `id` is that of the rows themselves.
    """
    fields = draft.list_key_fields(resource)
    for field in fields if len(fields) > 1 else []:
        if not read_stem(field) or changes_field(resource, field):
            continue
        name = _find_param(resource, field)
        if name and (expression := bind_field(resource, name)):
            add_step(resource, {"add": {field: expression}})
            reason = f"{field} of its primary_key is added to its rows, from its parent"
            draft.log.assume(resource["name"], reason)


def _find_param(resource: Json, field: str) -> str | None:
    """Find the parameter of a field: of its name, or of its parent's, as `order_id` of orders."""
    params = resource["endpoint"].get("params") or {}
    if field in params:
        return field
    for name, value in params.items():
        parent, source = read_binding(value)
        if field in {f"{word}_{source}" for word in list_singulars(parent)}:
            return name
    return None


def _bind_slices(draft: Draft, resource: Json) -> None:
    """Name what steps read of the partition as the parameters do; drop steps that nothing fills."""
    steps = resource.get("processing_steps")
    if not isinstance(steps, list):
        return
    if find_sent_bounds(draft.merge_endpoint(resource)):
        steps = map_strings(steps, lambda text: _BOUND.sub(r"stream_interval.\1_time", text))
    kept: list[Any] = []
    for step in steps:
        names = {name: bind_field(resource, name) for name in _SLICE.findall(str(step))}
        if unbound := [name for name, binding in names.items() if binding is None]:
            reason = f"nothing fills stream_partition.{unbound[0]}"
            draft.log.leave_out(resource["name"], "processing_steps", reason)
            continue
        bound = {name: str(binding).strip("{} ") for name, binding in names.items()}
        kept.append(map_strings(step, lambda text, bound=bound: _rename_slices(text, bound)))
    resource["processing_steps"] = kept
    if not kept:
        del resource["processing_steps"]


def _rename_slices(text: str, bound: dict[str, str]) -> str:
    return _SLICE.sub(lambda match: bound[match[1]], text)
