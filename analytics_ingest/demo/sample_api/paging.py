"""The response bodies of the APIs: one factory for each kind of paging.

A `Page` takes all rows of a listing and the query of a request, and returns the JSON body of one
page. It raises an `InvalidQueryError` for a wrong query, which `app` answers with a 400.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
Query = Mapping[str, str]
Page = Callable[[Sequence[Row], Query], dict[str, Any]]

_TOKEN = "from:"


class InvalidQueryError(ValueError):
    """A paging parameter that is not a number, or is out of range."""


def page_whole(selector: str = "data") -> Page:
    """Return the whole listing in one response."""
    return lambda rows, query: {selector: rows}


def page_one(selector: str = "data") -> Page:
    """Return the only row of the listing, as an object instead of a list."""
    return lambda rows, query: {selector: rows[0]}


def page_by_offset(selector: str, size: int) -> Page:
    """Return `limit` rows from `offset`, without a total; an empty list after the end."""

    def take_page(rows: Sequence[Row], query: Query) -> dict[str, Any]:
        start = _read_number(query, "offset", default=0, least=0)
        return {selector: rows[start : start + _read_number(query, "limit", default=size, least=1)]}

    return take_page


def page_by_number(selector: str, size: int) -> Page:
    """Return page `page`, counted from 1, of `per_page` rows, each wrapped as `{"data": row}`.

    As in the real API, some pages hold the wrapped rows in a list (here the odd ones) and some in
    an object with their ids as keys (the even ones).
    """

    def take_page(rows: Sequence[Row], query: Query) -> dict[str, Any]:
        number = _read_number(query, "page", default=1, least=1)
        per_page = _read_number(query, "per_page", default=size, least=1)
        start = (number - 1) * per_page
        wrapped = [{"data": row} for row in rows[start : start + per_page]]
        if number % 2 or not wrapped:
            return {selector: wrapped}
        return {selector: {_name_row(item["data"], at): item for at, item in enumerate(wrapped)}}

    return take_page


def page_by_cursor(selector: str, size: int, cursor: str) -> Page:
    """Return `limit` rows, and under `cursor` the token of the next page, null on the last."""

    def take_page(rows: Sequence[Row], query: Query) -> dict[str, Any]:
        start = _decode_token(query[cursor]) if cursor in query else 0
        end = start + _read_number(query, "limit", default=size, least=1)
        return {selector: rows[start:end], cursor: _encode_token(end) if end < len(rows) else None}

    return take_page


def _read_number(query: Query, name: str, *, default: int, least: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise InvalidQueryError(f"'{name}' must be a whole number of at least {least}")
    return int(text)


def _name_row(row: Row, at: int) -> str:
    return str(row.get("id") or f"unknown_{at}")


def _encode_token(start: int) -> str:
    return urlsafe_b64encode(f"{_TOKEN}{start}".encode()).decode()


def _decode_token(token: str) -> int:
    try:
        return int(urlsafe_b64decode(token.encode()).decode().removeprefix(_TOKEN))
    except ValueError as error:
        raise InvalidQueryError("the token of the next page is not one of this API") from error
