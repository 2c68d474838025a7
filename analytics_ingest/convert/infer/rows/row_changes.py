"""Takes from the prose how rows change: a filter, fields that are removed, fields of the parent.

Only a sentence that says it clearly is taken. Another one about filters or transformations is
logged if the configuration has none of the resource.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise, zip_longest

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.rows.parent_additions import place_addition
from analytics_ingest.convert.infer.rows.placeholder_additions import take_placeholders
from analytics_ingest.convert.infer.rows.request_additions import take_request_values
from analytics_ingest.convert.infer.rows.row_bindings import bind_steps
from analytics_ingest.convert.infer.rows.taken_changes import (
    has_steps,
    list_filters,
    take_change,
)
from analytics_ingest.convert.infer.rows.untaken_changes import log_untaken
from analytics_ingest.convert.markdown import Line, split_clauses
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.rows.added_fields import names_parent
from analytics_ingest.convert.prose.rows.change_labels import (
    is_labelled_clause,
    is_of_notes,
    is_on_changes,
    keeps_field,
    names_change,
)
from analytics_ingest.convert.prose.rows.nested_values import read_nested_values
from analytics_ingest.convert.prose.rows.row_changes import (
    RowChange,
    RowStatement,
    is_on_other_rows,
    lifts_fields,
    may_change_rows,
    read_row_change,
)
from analytics_ingest.convert.prose.rows.row_statements import (
    is_restriction,
    is_value_of_api,
    join_values,
    read_row_statements,
)
from analytics_ingest.convert.prose.rows.row_subjects import Surroundings
from analytics_ingest.convert.prose.rows.surroundings import iterate_surroundings
from analytics_ingest.convert.prose.rows.unloaded_rows import find_unloaded
from analytics_ingest.convert.prose.rows.untaken_changes import (
    UnreadStatement,
    describe_addition,
    list_field_marks,
)
from analytics_ingest.convert.prose.text.line_subjects import find_first_subject, find_only_subject
from analytics_ingest.convert.prose.text.passages import Prose


def infer_row_changes(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add the steps that sentences describe, and the fields of keys that only a parent has."""
    configured = {name for name in (None, *draft.by_name) if has_steps(draft, name)}
    filtered = {name for name, resource in draft.by_name.items() if list_filters(draft, resource)}
    untaken: list[tuple[str | None, RowStatement]] = []
    stated = (place_addition(draft, fields, each) for each in _iterate_statements(draft, prose))
    statements = _settle_filters(stated)
    for statement in map(partial(_keep_read_fields, statements), statements):
        done = take_placeholders(draft, statement, fields)
        done = done or take_request_values(draft, statement)
        for name in statement.resources or (None,):
            known = fields[name].names if name and name in fields else set[str]()
            is_taken = _take(draft, name, statement, known, is_filtered=name in filtered)
            if not (is_taken or name in done or _is_weak(statement)):
                untaken.append((name, statement))
    for resource in draft.resources:
        bind_steps(draft, resource, fields)
    for name, statement in untaken:
        known = fields[name].names if name and name in fields else set[str]()
        log_untaken(draft, name, statement, known, configured)


def _keep_read_fields(statements: list[RowStatement], statement: RowStatement) -> RowStatement:
    """Return a statement without its change if it removes what an unread one makes others of."""
    removed = set(statement.change.removed) if statement.change else set[str]()
    unread = [
        set(other.fields)
        for other in statements
        if other.change is None and not _is_weak(other)
        if {*other.resources} & {*statement.resources}
    ]
    is_read = any(removed & names and names - removed for names in unread)
    return replace(statement, change=None, fields=statement.list_fields()) if is_read else statement


def _is_weak(statement: RowStatement) -> bool:
    return isinstance(statement, UnreadStatement) and statement.is_weak


def _take(
    draft: Draft, name: str | None, statement: RowStatement, known: set[str], *, is_filtered: bool
) -> bool:
    """Add what a statement says to the steps of a resource; return whether all of it is done.

    Args:
        known: The fields of the resource.
    """
    change, resource = statement.change, draft.by_name.get(name or "")
    if change is None or resource is None or not known.isdisjoint(change.unsure):
        return False
    return take_change(draft, resource, change, is_filtered=is_filtered)


def _iterate_statements(draft: Draft, prose: Prose) -> Iterator[RowStatement]:
    """Yield what clauses say of rows, with the resources that they are about."""
    for line, around in iterate_surroundings(prose):
        statements = list(_read_line(line, around, draft.by_name))
        statements = [each for each in statements if _is_on_rows(draft, each)]
        is_changed = any(each.change and not lifts_fields(each.change) for each in statements)
        if is_changed or any(map(keeps_field, line.clauses)):
            # Beside a change of rows, a short statement is one too.
            statements = list(_read_line(line, around, draft.by_name, is_beside=True))
        yield from (each for each in statements if _is_on_rows(draft, each))


def _is_on_rows(draft: Draft, statement: RowStatement) -> bool:
    """Return whether a statement changes rows; some only where they need their key from it."""
    if statement.change is None or not statement.change.is_of_keys:
        return True
    rows = [draft.by_name[name] for name in statement.resources if name in draft.by_name]
    needed = {key for resource in rows for key in draft.list_key_fields(resource)}
    return {*statement.change.fields} <= needed


def _read_line(
    line: Line, first: Surroundings, names: Collection[str], *, is_beside: bool = False
) -> Iterator[RowStatement]:
    """Yield what the clauses of a line say of rows; those of a row of a table, cell by cell.

    Args:
        is_beside: Whether another clause of the line changes rows.
    """
    name = first.named or find_first_subject(line.text, names)
    cells = zip_longest(line.cells[1:], line.titles[1:], fillvalue="")
    for text, title in cells if line.cells else ((line.text, ""),):
        around, is_labelled = first, is_on_changes(line, title)
        for clause, behind in pairwise([*split_clauses(join_values(text)), ""]):
            if keeps_field(clause):
                continue
            is_on = is_labelled or is_labelled_clause(clause)
            is_on |= (is_beside or is_of_notes(title)) and names_change(clause)
            own = read_row_statements(line, clause, replace(around, is_on_changes=is_on))
            if own and is_restriction(behind):
                yield from (replace(s, change=None, fields=s.list_fields()) for s in own)
            else:
                yield from _read_clause(line, clause, name, own, around, is_labelled=is_labelled)
            around = around.follow(clause)


def _read_clause(
    line: Line,
    clause: str,
    name: str | None,
    own: list[RowStatement],
    around: Surroundings,
    *,
    is_labelled: bool,
) -> Iterator[RowStatement]:
    """Yield what a clause says, in words of its own or in those of transformations."""
    is_read = len(own) > 1 or any(statement.change for statement in own)
    only, names = own[0] if own else None, around.resources
    if is_read:
        near = find_only_subject(line, names) or name
        yield from (each if each.resources else replace(each, near=near) for each in own)
    elif other := _read_other(line, clause, name, only, names, is_labelled=is_labelled):
        yield other
    elif unloaded := find_unloaded(line, clause, around):
        yield RowStatement(unloaded, is_on_unloaded=True)
    elif addition := None if is_on_other_rows(line, clause) else describe_addition(clause, around):
        yield addition


def _read_other(
    line: Line,
    clause: str,
    name: str | None,
    own: RowStatement | None,
    names: Collection[str],
    *,
    is_labelled: bool,
) -> RowStatement | None:
    """Read a statement in the words of transformations; else that a clause is one, somehow."""
    name = name or (find_only_subject(line, names) if own and names_parent(clause, names) else None)
    is_on_others = own is not None and own.resources not in ((), (name,))
    change = _read_change(line, clause, is_labelled=is_labelled) if name else None
    if change and is_value_of_api(line, clause, change, is_labelled=is_labelled):
        return RowStatement((name,) if name else (), None, change.fields)
    if change and name and not is_on_others and not _reads_resources(change, names):
        return replace(own or RowStatement(), resources=(name,), change=change)
    if own:
        return own if own.resources or not name else replace(own, resources=(name,))
    is_change = may_change_rows(clause, is_labelled=is_labelled)
    fields = list_field_marks(clause, names) if is_change else ()
    about = (name,) if name else ()
    text = "" if is_on_other_rows(line, clause) else clause.lower()
    return UnreadStatement(about, None, fields, text=text) if is_change else None


def _read_change(line: Line, clause: str, *, is_labelled: bool) -> RowChange | None:
    nested = read_nested_values(line, clause, is_labelled=is_labelled)
    return nested or read_row_change(line, clause, is_labelled=is_labelled)


def _reads_resources(change: RowChange, names: Collection[str]) -> bool:
    """Return whether what a change copies may be resources, not fields."""
    steps = {step for value in change.copied.values() for step in re.findall(r"\['(\w+)'\]", value)}
    return not {*change.copied, *steps}.isdisjoint(names)


def _settle_filters(statements: Iterator[RowStatement]) -> list[RowStatement]:
    """List statements, conditions last; of those on one field of a resource that differ, none."""
    listed = list(statements)
    filters: dict[tuple[str, str], set[str | None]] = {}
    for statement in listed:
        change = statement.change
        if change and change.of_field:
            for name in statement.resources:
                filters.setdefault((name, change.of_field), set()).add(change.filter)
    unclear = {place for place, texts in filters.items() if len(texts) > 1}
    settled = [_settle(statement, unclear) for statement in listed]
    return sorted(settled, key=lambda each: bool(each.change and each.change.of_field))


def _settle(statement: RowStatement, unclear: set[tuple[str, str]]) -> RowStatement:
    field = statement.change.of_field if statement.change else None
    if field and any((name, field) in unclear for name in statement.resources):
        return RowStatement(statement.resources, None, (field,))
    return statement
