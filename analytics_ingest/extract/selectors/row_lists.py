"""Where no data_selector is declared: which of the lists in a body holds the rows?

dlt takes the first one that has a usual name (`data`, `items` …), else the first of all, which may
be one of warnings or links. A list of errors never holds rows. Among others the name of the
resource decides, then a usual name, then the key; where evidence is missing or contradicts itself,
the resource fails or warns. The lists of later pages are compared with those of the first.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from dlt.sources.helpers.rest_client.detector import find_response_page_data

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.selectors.body_lists import (
    ListPath,
    Lists,
    OneRow,
    has_key,
    holds_errors,
    is_beside,
    join_names,
    list_fitting,
    list_lists,
)
from analytics_ingest.extract.selectors.list_names import is_named, is_similar, is_usual
from analytics_ingest.extract.selectors.row_object import UnclearRowsError, list_objects


class ListChoice(NamedTuple):
    """Which list of a page holds the rows."""

    path: ListPath
    doubt: str
    """A sentence for a warning; empty where there is none."""
    beside: frozenset[ListPath]
    """Lists with rows of the same key that were there too."""


def find_list(body: Any, resource: ResourceDeclaration) -> ListPath:
    """Find the list that dlt takes for the rows of a body, among those that are not of errors.

    Where the only one is null, as some APIs write an empty list, it is that.
    """
    path, elements = find_response_page_data(body)
    while path != ("$",) and holds_errors(path, elements, resource):
        body = _remove(body, path)
        path, elements = find_response_page_data(body)
    return _find_null(body, resource) if path == ("$",) else path


def choose_list(body: Any, path: ListPath, resource: ResourceDeclaration) -> ListChoice:
    """Choose the list that holds the rows.

    Args:
        path: dlt's choice.

    Raises:
        UnclearRowsError: dlt's choice holds no objects, and another list does.
    """
    lists = list_lists(body, path, resource)
    ones = [p for p in lists if isinstance(lists[p], OneRow)]
    many = {p: elements for p, elements in lists.items() if p not in ones}
    fitting = list_fitting(lists, resource)
    ranks = {p: rank for p in many if (rank := _rank(p, many, resource))}
    if ones and all(map(is_beside, many)):
        chosen, doubt = ones[0], _describe([ones[0], *many], ones[0])
    elif ranks:
        chosen = min(ranks, key=ranks.__getitem__)
        chosen, doubt = _compare(chosen, lists, fitting, resource)
    else:
        chosen, doubt = _choose_unnamed(body, path, many, list_fitting(many, resource))
        doubt = doubt or (_describe([chosen, *ones], chosen) if ones else "")
    return ListChoice(chosen, doubt, frozenset(fitting) - {chosen})


def _rank(path: ListPath, lists: Lists, resource: ResourceDeclaration) -> tuple[int, int] | None:
    """Rank a list by its name, the lowest first; None if that says nothing.

    A name that only resembles the resource's says something of rows alone.
    """
    name, elements = path[-1], lists[path]
    if is_named(name, resource):
        return len(path), 0
    is_keyed = not resource.primary_key or has_key(elements, resource.primary_key)
    are_rows = bool(list_objects(elements)) and is_keyed and not is_beside(path)
    if are_rows and is_similar(name, resource):
        return len(path), 1
    return (len(path), 2) if is_usual(name) else None


def _choose_unnamed(
    body: Mapping[str, Any], path: ListPath, lists: Lists, fitting: Sequence[ListPath]
) -> tuple[ListPath, str]:
    """Choose among lists of which none has a likely name: that with the key, else dlt's."""
    null = next(((key,) for key in _list_nulls(body) if is_usual(key)), None)
    filled = [p for p in lists if lists[p] and not is_beside(p)]
    if null and not filled:
        return null, ""
    if len(fitting) == 1:
        (chosen,) = fitting
        open_lists = [p for p in lists if not lists[p] and not is_beside(p)]
        doubt = _describe([chosen, *open_lists], chosen) if open_lists else ""
    else:
        chosen, doubt = path, _doubt_first(path, lists) if len(lists) > 1 else ""
    return chosen, doubt or (_describe([null, chosen], chosen) if null else "")


def find_unread_list(
    body: Any, chosen: ListPath, known: Collection[ListPath], resource: ResourceDeclaration
) -> str:
    """Say which list of a later page has rows that are not read; empty where none has.

    Args:
        chosen: The list that the first page had the rows in.
        known: The lists that were beside it.
    """
    lists = list_lists(body, chosen, resource)
    unread = [p for p in list_fitting(lists, resource) if p != chosen and p not in known]
    unread = [p for p in unread if not is_beside(p)]
    if not unread:
        return ""
    return (
        f"a later page has rows with the key in {join_names(unread)}, and those of "
        f"{join_names([chosen])} are loaded; declare data_selector"
    )


def _compare(
    chosen: ListPath, lists: Lists, fitting: Sequence[ListPath], resource: ResourceDeclaration
) -> tuple[ListPath, str]:
    """Compare a list that was chosen by its name with those whose elements have the key."""
    others = [p for p in fitting if p != chosen and not is_beside(p)]
    is_empty = not lists[chosen]
    if is_empty and is_named(chosen[-1], resource):
        return chosen, ""
    if others and not is_empty and not has_key(lists[chosen], resource.primary_key):
        if len(others) == 1 and not is_named(chosen[-1], resource):
            return others[0], ""
        return others[0], _describe([chosen, *others], others[0])
    rivals = others if is_empty else [p for p in others if _is_rival(p, chosen, resource)]
    if not (is_named(chosen[-1], resource) or is_usual(chosen[-1])):
        rivals += [p for p in lists if not lists[p] and not is_beside(p)]
    return chosen, _describe([chosen, *rivals], chosen) if rivals else ""


def _is_rival(path: ListPath, chosen: ListPath, resource: ResourceDeclaration) -> bool:
    """Return whether a list with the key puts one with rows, which has a likely name, in doubt."""
    if len(path) < len(chosen):
        return True
    is_exact, is_beside_it = is_named(path[-1], resource), path[:-1] == chosen[:-1]
    if is_named(chosen[-1], resource):
        return is_exact and is_beside_it
    return is_beside_it or (is_exact and not is_usual(chosen[-1]))


def _doubt_first(path: ListPath, lists: Lists) -> str:
    """Return the doubt of dlt's choice where nothing else decides."""
    others = [p for p in lists if p != path and list_objects(lists[p])]
    if others and not list_objects(lists[path]):
        raise UnclearRowsError(f"{_describe_several([path, *others])}; declare data_selector")
    is_open = any(len(p) <= len(path) for p in others)
    return _describe([path, *others], path) if is_open else ""


def _describe(paths: Sequence[ListPath], chosen: ListPath) -> str:
    loaded = f"those of {join_names([chosen])} are loaded; declare data_selector"
    return f"{_describe_several(paths)}: {loaded}"


def _describe_several(paths: Sequence[ListPath]) -> str:
    names = join_names(paths)
    return f"the response has several lists ({names}), and nothing says which holds the rows"


def _find_null(body: Any, resource: ResourceDeclaration) -> ListPath:
    """Find the null that stands for an empty list, in a body that lacks the key of a row."""
    if not isinstance(body, dict) or not resource.primary_key:
        return ("$",)
    is_row = has_key([body], resource.primary_key[:1])
    nulls = [] if is_row else _list_nulls(body)
    named = [key for key in nulls if is_named(key, resource)]
    usual = [key for key in nulls if is_usual(key)]
    return ((named or usual or ["$"])[0],)


def _list_nulls(body: Mapping[str, Any]) -> list[str]:
    return [key for key, value in body.items() if value is None]


def _remove(body: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any]:
    """Return a body without what is at a path."""
    key, *rest = path
    kept = {name: value for name, value in body.items() if name != key}
    return {**body, key: _remove(body[key], rest)} if rest else kept
