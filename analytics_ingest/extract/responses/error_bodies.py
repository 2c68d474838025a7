"""What the parsed body of a response holds: rows, none, an error in their place, or both.

An empty listing is a list without elements in its place, null, or an empty object; or its place is
omitted, see `omitted_rows`. Nothing else may pass for one: otherwise nothing would be loaded, and
nobody would know. Rows along with an error may be only some of the rows, so they fail as well,
unless the endpoint declares `partial: allow`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dlt.sources.helpers.rest_client.detector import find_response_page_data

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.responses.error_elements import (
    IDS,
    find_odd_element,
    has_error_among_rows,
    has_failed_element,
)
from analytics_ingest.extract.responses.error_texts import is_refused_in_words
from analytics_ingest.extract.responses.error_words import (
    ENVELOPES,
    has_error,
    has_failed_status,
    has_text,
    is_message,
    is_only,
    is_partial,
    iterate_meta_objects,
    normalize_names,
    reports_error,
)
from analytics_ingest.extract.responses.omitted_rows import may_omit_rows
from analytics_ingest.extract.selectors.row_places import RowPlaces
from analytics_ingest.extract.selectors.selector import Selector

KEYS_SHOWN = 10
_KEY = re.compile(r"[A-Za-z_$@][A-Za-z0-9_.$@-]{0,39}")

_EMPTY = (
    "If this means an empty listing, declare response_actions: [{content: <a part of its text>, "
    "action: ignore}], or action: retry if it passes"
)


def find_error(
    body: Any,
    selector: Selector,
    rows: Sequence[Any],
    resource: ResourceDeclaration,
    own_ids: Collection[Any] = (),
) -> str | None:
    """Return why a response of status 200 is not a page of rows; None if it is.

    Args:
        rows: What the selector matches in the body.
        own_ids: Values of the listing's placeholders: an object with one is what was asked for.
    """
    if body is not None and not isinstance(body, dict | list):
        return "the response is a text or a number in place of rows; check the key and the path"
    decoder, member_selector = resource.endpoint.decoder, selector.select_in_member()
    if decoder and decoder.has_members and member_selector and isinstance(body, list):
        is_allowed = rows and resource.endpoint.partial == "allow"
        pages = ((member, member_selector.read_rows(member)) for member in body)
        problems = (find_error(p, member_selector, r, resource, own_ids) for p, r in pages)
        return None if is_allowed else next(filter(None, problems), None)
    return _find_error_of_document(body, selector, rows, resource, own_ids)


def _find_error_of_document(
    body: Any,
    selector: Selector,
    rows: Sequence[Any],
    resource: ResourceDeclaration,
    own_ids: Collection[Any],
) -> str | None:
    primary_key, places = resource.primary_key, selector.find_places(body)
    is_xml = is_in_xml(resource)
    has_failed_part = has_failed_element(places, (*IDS, *primary_key)) or _has_error_above(
        places, primary_key, own_ids, has_rows=bool(rows), is_xml=is_xml
    )
    is_in_object = bool(places.around) and places.has_list
    is_page = _are_rows(rows, primary_key, is_in_object=is_in_object)
    has_error_row = has_error_among_rows(rows, primary_key)
    if is_page or has_error_row:
        if resource.endpoint.partial == "allow":
            return None
        if has_error_row or has_failed_part:
            return _explain_partial(body)
        return find_odd_element(places, rows, resource, selector.path)
    if places.has_text:
        return "the response has a text in place of rows; check the key, the path and data_selector"
    is_empty = is_in_object and not rows
    parts = selector.list_parts(body) if is_xml else [body]
    own_parts = (parts[min(1, len(parts) - 1)], parts[-1])
    if has_failed_part or (
        not is_empty
        and any(_is_error(part, rows, primary_key, has_place=places.lead_on) for part in own_parts)
    ):
        return (
            f"the API answered 200 with an error in place of rows ({describe_keys(body)}); check "
            f"the key and the params. {_EMPTY}"
        )
    return _find_misplaced_rows(body, places, rows, resource, own_ids, path=selector.path)


def _find_misplaced_rows(
    body: Any,
    places: RowPlaces,
    rows: Sequence[Any],
    resource: ResourceDeclaration,
    own_ids: Collection[Any],
    *,
    path: str | Sequence[str],
) -> str | None:
    """Return why a body without an error has no place for rows; None if it may omit it."""
    if problem := find_odd_element(places, rows, resource, path):
        return problem
    elsewhere = None if places.lead_on else find_row_selector(body)
    if elsewhere:
        are_keys = all(map(_KEY.fullmatch, elsewhere.split(".")))
        place = f"at '{elsewhere}'" if are_keys else "at a key that may be data"
        return (
            f"data_selector '{path}' matches nothing in the response "
            f"({describe_keys(body)}); its rows seem to be {place}"
        )
    if is_in_xml(resource) or not any(isinstance(part, dict | list) for part in places.missing):
        return None
    parts = [*(around.others for around in places.around), *places.missing]
    if not may_omit_rows(parts, (*IDS, *resource.primary_key), own_ids):
        return (
            f"data_selector '{path}' matches nothing in the response "
            f"({describe_keys(body)}), which does not look like an empty listing; correct it, or "
            f"check the key. {_EMPTY}"
        )
    return None


def describe_keys(body: Any) -> str:
    """Return the keys of a body, without those that may be data: `its keys: data, total`."""
    if isinstance(body, list):
        return "a list"
    names = [str(key) for key in body if _KEY.fullmatch(str(key))] if body else []
    more = ", …" if len(names) > KEYS_SHOWN or len(names) < len(body or ()) else ""
    return f"its keys: {', '.join(names[:KEYS_SHOWN])}{more}" if names else "without known keys"


def find_row_selector(body: Any) -> str | None:
    """Find the selector of the list of objects in a body; None if there is no such list."""
    path, rows = find_response_page_data(body)
    is_list = isinstance(rows, list) and any(isinstance(row, dict) for row in rows)
    return ".".join(path) if is_list else None


def _explain_partial(body: Any) -> str:
    return (
        f"the API answered 200 with rows along with an error ({describe_keys(body)}), so rows may "
        "be missing; if these are all that there are, declare partial: allow. If the error passes, "
        "declare response_actions: [{content: <a part of its text>, action: retry}]"
    )


def _are_rows(rows: Sequence[Any], primary_key: Sequence[str], *, is_in_object: bool) -> bool:
    """Return whether what the selector matches are rows, and not an error as a row.

    Args:
        is_in_object: They are in a list in an object, where rows are expected.
    """
    if primary_key and any(_has_key(row, primary_key) for row in rows):
        return True
    if not rows or not is_in_object:
        return False
    row = _find_only_row(rows)
    return not (is_only(row, has_error) or (primary_key and is_only(row, has_text)))


def _is_error(
    body: Any, rows: Sequence[Any], primary_key: Sequence[str], *, has_place: bool
) -> bool:
    """Return whether a body without a list of rows in its place is an error."""
    if not rows:
        return reports_error(normalize_names(body)) or (not has_place and is_only(body, has_text))
    row = _find_only_row(rows)
    if is_only(row, reports_error) or is_only(row, is_message):
        return True
    return bool(primary_key) and (reports_error(normalize_names(body)) or is_only(row, has_text))


def _has_error_above(
    places: RowPlaces,
    primary_key: Sequence[str],
    own_ids: Collection[Any],
    *,
    has_rows: bool,
    is_xml: bool,
) -> bool:
    """Return whether an object that the place for rows is in reports an error of the request.

    An object with an id is a thing of its own: an error and a status are among its attributes.
    """
    for name, part, level in places.around:
        # What XML has around its root holds nothing else.
        depth, keys = level - is_xml, normalize_names(part)
        is_envelope = depth == 0 and name.lower() in ENVELOPES
        ids = {str(keys[n]) for n in (*IDS, *primary_key) if keys.get(n) not in (None, "")}
        # The id of an envelope is one of the request, unless it is the object that was asked for.
        if ids and (not is_envelope or ids & set(map(str, own_ids))):
            continue
        if has_error(keys) or (not has_rows and is_refused_in_words(keys)):
            return True
        if depth == 0 and _is_failed(keys, is_envelope, has_rows=has_rows):
            return True
    return False


def _is_failed(keys: Mapping[str, Any], is_envelope: bool, *, has_rows: bool) -> bool:
    """Return whether the outermost object is the outcome of a request that failed in part."""
    # A status alone is an attribute. With a text beside it, it is the outcome of the request.
    is_outcome = has_text(keys) or (is_envelope and not has_rows)
    if is_partial(keys) or (is_outcome and has_failed_status(keys, has_rows=has_rows)):
        return True
    return any(
        has_error(meta)
        or (has_text(meta) and has_failed_status(meta))
        or (not has_rows and is_refused_in_words(meta))
        for meta in iterate_meta_objects(keys)
    )


def is_in_xml(resource: ResourceDeclaration) -> bool:
    """Return whether the bodies of a resource are XML."""
    decoder = resource.endpoint.decoder
    return decoder is not None and decoder.type == "xml"


def _has_key(row: Any, primary_key: Sequence[str]) -> bool:
    return isinstance(row, dict) and any(row.get(name) is not None for name in primary_key)


def _find_only_row(rows: Sequence[Any]) -> Any:
    return rows[0] if len(rows) == 1 else None
