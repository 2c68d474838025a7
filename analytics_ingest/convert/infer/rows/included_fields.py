"""Adds the fields of `include_from_parent` to rows under the names that a document gives them.

As a key, they are columns `_orders_OrderId`. A document whose schema lists `OrderId` among the
fields of the child means that column: where its prose says that it is added, where it is what the
request of the child holds, so that rows of the API can hold no other value, or where it is named
after the parent. A `state` or an `id` may be that of the rows themselves.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.conversion_log import FROM_TEXT, abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.infer.row_steps import (
    add_step,
    bind_parent,
    changes_field,
    read_binding,
)
from analytics_ingest.convert.infer.rows.row_bindings import find_param
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.text.passages import Clause, Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_OF_PARENT = r"(?:the|its|their|each|every) (?P<of>[\w`]+(?: [\w`]+)?)"
_MOVED = (
    r"\b(?:is|are|gets?) (?:also |all |both )?(?:added|copied|written|attached|passed|carried|taken"
    r"|brought|inherited|propagated)(?: down| over)?"
)
_ADDED = re.compile(
    rf"{_MOVED}(?: from [^.;:]{{1,40}}?)? (?:to|into|onto) (?:each|every|all|the|its|their)\b"
    r"|\b(?:is|are) (?:also )?added as `"
    r"|^[\W_]*(?:the )?(?:parent(?:['\u2019]s)? fields?|(?:included )?fields? (?:of|from) "
    r"(?:the |its )?parent)[\W_]*:",
    re.IGNORECASE,
)
_FROM_PARENT = re.compile(
    rf"(?:{_MOVED}|\bcomes?) from {_OF_PARENT}"
    rf"|\b(?:inherits?|gets?|receives?|carr(?:y|ies)) [^.;:]{{0,80}}?`[^.;:]{{0,20}}? (?:of|from)"
    rf" {_OF_PARENT.replace('<of>', '<parent>')}",
    re.IGNORECASE,
)
_OF_REQUEST = re.compile(
    r"\b(?:requests?|requested|path|url|quer(?:y|ies)|param(?:eter)?s?|placeholders?|headers?|body"
    r"|filters?)\b",
    re.IGNORECASE,
)
_AS = re.compile(r"\bas (?:the (?:field|column) )?`(?P<name>[A-Za-z_]\w*)`")


def infer_included_fields(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add what the prose says of included fields, and log what stays open."""
    for resource in draft.resources:
        included, parents = _list_included(resource), list_parents(draft, resource["name"])
        if not included or len(parents) != 1:
            continue
        known = fields.get(resource["name"], Fields()).names
        stated = _read_stated(prose, draft, resource, parents[0], included)
        asked = [f for f in included if f in known and _is_asked(resource, parents[0], f)]
        likely = [
            f for f in included if f in known and _is_specific(draft, resource, parents[0], f)
        ]
        added = {
            field: name
            for field, name in {**{f: f for f in (*asked, *likely)}, **stated}.items()
            if name in known and not _is_of_row(draft, resource, name)
        }
        _add(draft, resource, parents[0], added, asked)
        open_ = [f for f in included if f in known and f not in added]
        _log_open(draft, resource, parents[0], open_)


def _list_included(resource: Json) -> list[str]:
    included = resource.get("include_from_parent")
    items = included if isinstance(included, list) else []
    return [field for field in items if isinstance(field, str)]


def _is_asked(resource: Json, parent: str, field: str) -> bool:
    """Return whether a request holds a field that is named like its parent: `order_id`."""
    stem = read_stem(field)
    is_of_parent = any(f"_{stem}".endswith(f"_{word}") for word in _list_words(parent))
    return is_of_parent and stem != to_valid_name(field) and _is_sent(resource, parent, field)


def _is_sent(resource: Json, parent: str, field: str) -> bool:
    params = (resource["endpoint"].get("params") or {}).values()
    return (parent, field) in map(read_binding, params)


def _list_words(parent: str) -> set[str]:
    return {to_valid_name(word) for word in list_singulars(parent)}


def _is_specific(draft: Draft, resource: Json, parent: str, field: str) -> bool:
    """Return whether a field can hardly be another one in its rows: `order_number` of `orders`.

    So is an id of its own name that is the key of the parent and fills the request.
    """
    name = to_valid_name(field)
    if any(name.startswith(f"{word}_") for word in _list_words(parent)):
        return True
    is_key = draft.find_key(draft.by_name[parent]) == field
    has_name = read_stem(field) not in ("", name)
    return is_key and has_name and _is_sent(resource, parent, field)


def _is_of_row(draft: Draft, resource: Json, name: str) -> bool:
    """Return whether rows have a field themselves: their own key, or what a step changes."""
    is_key = name in draft.list_key_fields(resource) and find_param(resource, name) is None
    return is_key or changes_field(resource, name)


def _read_stated(
    prose: Prose, draft: Draft, resource: Json, parent: str, included: list[str]
) -> dict[str, str]:
    """Read which included fields are added, each with its name in the rows.

    Where one of them is the key of the rows themselves, all are columns of other names.
    """
    stated: dict[str, str] = {}
    keys = draft.list_key_fields(resource)
    for clause in _iterate_clauses(prose, resource["name"], parent):
        marks = [m.name for m in clause.mentions if not m.resource]
        renamed = _AS.search(clause.text)
        new = renamed["name"] if renamed else None
        named = [mark for mark in marks if mark != new]
        if new is None and not {"id", *keys}.isdisjoint(named):
            continue
        if named and set(named) <= set(included) and (new is None or len(named) == 1):
            stated |= {field: new or field for field in named}
    return stated


def _iterate_clauses(prose: Prose, name: str, parent: str) -> Iterator[Clause]:
    for passage in prose.passages:
        for clause in () if passage.line.is_heading else passage.clauses:
            is_own = name in (clause.subjects or passage.scope)
            is_stated = is_statement(clause.text) and not is_conditional(clause.text)
            if is_own and is_stated and _is_addition(clause.text, parent):
                yield clause


def _is_addition(text: str, parent: str) -> bool:
    """Return whether a clause says that rows get fields, or that these come from their parent."""
    if _ADDED.search(text):
        return True
    match = None if _OF_REQUEST.search(text) else _FROM_PARENT.search(text)
    of = to_valid_name(match["of"] or match["parent"]) if match else ""
    return any(re.match(rf"{word}(?:_|$)", of) for word in ("parent", parent, *_list_words(parent)))


def _add(
    draft: Draft, resource: Json, parent: str, added: Mapping[str, str], asked: Collection[str]
) -> None:
    values: Json = {}
    for field, name in added.items():
        if expression := bind_parent(resource, parent, field):
            if field not in asked and field == name:
                # The rows may have a field of that name: their own value stays.
                bound, own = expression.strip("{} "), f"record['{name}']"
                expression = f"{{{{ {own} if {own} is not none else {bound} }}}}"
            values[name] = {"value": expression, "type": "any"}
    if values:
        add_step(resource, {"add": values})
        verb = "are" if len(values) > 1 else "is"
        reason = f"{', '.join(values)} {verb} added to its rows where they lack it, from its parent"
        draft.log.assume(resource["name"], reason, key="processing_steps", comment=FROM_TEXT)


def _log_open(draft: Draft, resource: Json, parent: str, fields: list[str]) -> None:
    own = [f for f in fields if not _is_of_row(draft, resource, f)]
    # A bare `id` can only be a column of another name, and so are the fields beside it.
    if own and "id" not in _list_included(resource):
        columns = abbreviate([f"_{parent}_{field}" for field in own])
        reason = f"what it includes of its parent is in {columns}; if its own rows lack"
        reason = f"{reason} {abbreviate(own)}, add it in processing_steps"
        draft.log.assume(resource["name"], reason)
