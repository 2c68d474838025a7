"""Serves one step of a random world as bytes, and keeps account of what was really served."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from analytics_ingest_tests.support.loads import resource
from analytics_ingest_tests.support.odd_values import CANARY, is_unicode
from analytics_ingest_tests.support.raw_server import http
from analytics_ingest_tests.support.worlds import ODD_BODIES, Fault, Listed, Row, Step

RETRIES = 3
_HANDLER = {"retry_on_status_codes": [429, 500, 503], "max_retries": RETRIES, "backoff_factor": 0}
_BODY = f'{{"data": [{{"id": 1, "name": "{CANARY}'.encode()
_UNUSABLE = {
    "429": http(_BODY, status="429 Too Many Requests"),
    "500": http(_BODY, status=f"500 {CANARY}"),
    "503": http(_BODY, status="503 Service Unavailable"),
    "cut": b"",
    "half a head": b"HTTP/1.1 200",
    "truncated": http(_BODY, length=9000),
    "half a JSON": http(_BODY),
    "no UTF-8": http(b'{"data": "\xff"}'),
    "403": http(_BODY, status="403 Forbidden"),
    "404": http(_BODY, status="404 Not Found"),
    "redirect elsewhere": http(
        b"", status="302 Found", more_head=f"Location: http://127.0.0.2:1/{CANARY}\r\n"
    ),
}
_ODD: Mapping[str, Any] = {
    "empty page": {"data": []},
    "null": None,
    "number": 5,
    "text": CANARY,
    "list": [{"id": CANARY}],
    "other object": {"error": CANARY},
}
_UNCOUNTED = ("offset", "page_number")
"""Paginators that count themselves where a listing goes on, and get no total."""


def declared(listed: Listed) -> dict[str, Any]:
    """The declaration of a resource."""
    own: dict[str, Any] = {"fields": dict(listed.fields)}
    if not listed.has_key:
        own["primary_key"] = None
    incremental = listed.cursor_format and {"cursor_format": listed.cursor_format}
    path = f"/{listed.name}"
    if listed.parent:
        path = f"/{listed.parent}/{{resources.{listed.parent}.id}}/{listed.name}"
    return resource(
        listed.name,
        own=own,
        path=path,
        paginator=_paginator(listed),
        error_handler=_HANDLER,
        incremental=incremental or None,
    )


def _paginator(listed: Listed) -> dict[str, Any]:
    kind = listed.paginator.removesuffix(" with total")
    keys: dict[str, dict[str, Any]] = {
        "offset": {"limit": listed.asked},
        "page_number": {"limit": listed.asked, "page_param": "page", "base_page": 0},
        "cursor": {"cursor_path": "next", "cursor_param": "page"},
        "json_link": {"next_url_path": "next"},
    }
    return {"type": kind, **keys.get(kind, {})}


class ServedStep:
    """The answers of one step."""

    url = ""
    """The address of the server, for its links."""

    def __init__(self, listed: Sequence[Listed], step: Step) -> None:
        self._listed = {one.name: one for one in listed}
        self._step = step
        self._tries: Counter[tuple[str, int]] = Counter()
        self._pages: dict[str, set[int]] = defaultdict(set)
        self._before: dict[str, list[Any]] = {}
        self._rows: dict[tuple[str, str, int], list[Row]] = {}
        self.refused: dict[str, str] = {}
        """Resource → why it has to fail."""
        self.odd: dict[str, str] = {}
        """Resource → why it may fail, or end early."""

    def answer(self, target: str) -> bytes:
        """The answer to a request."""
        parts = urlsplit(target)
        name = parts.path.rpartition("/")[2]
        listed = self._listed[name]
        number = _page(listed, {k: int(v[0]) for k, v in parse_qs(parts.query).items()})
        fault = self._step.faults[name].get(number, Fault())
        attempt = self._tries[parts.path, number]
        self._tries[parts.path, number] += 1
        if attempt < len(fault.first):
            if attempt == RETRIES:
                self.refused[name] = f"{RETRIES} retries"
            return _UNUSABLE[fault.first[attempt]]
        if fault.last in _UNUSABLE:
            may_end = fault.last == "404" and _may_be_missing(listed, number)
            (self.odd if may_end else self.refused)[name] = fault.last
            return _UNUSABLE[fault.last]
        return self._page(listed, parts.path, number, fault.last)

    @property
    def served(self) -> dict[str, list[Row]]:
        """The rows that were served, by resource; those of a page once, however often it was."""
        by_name: dict[str, list[Row]] = {name: [] for name in self._listed}
        for (name, _, _), rows in self._rows.items():
            by_name[name].extend(rows)
        return by_name

    def unread(self) -> dict[str, int]:
        """Resource → pages that were never served, where none ended the listing early."""
        unread = {name: self._unread(name) for name in self._listed if name not in self.odd}
        return {name: pages for name, pages in unread.items() if pages}

    def _page(self, listed: Listed, path: str, number: int, kind: str) -> bytes:
        pages = self._all_pages(listed.name, path)
        rows = pages[number] if number < len(pages) else []
        if kind == "the page before" and number:
            rows = pages[number - 1]
        if kind in ODD_BODIES:
            self.odd[listed.name] = kind
            rows = []
        else:
            self._pages[path].add(number)
        sent = [row.sent for row in rows]
        if sent and sent == self._before.get(path):
            may_end = listed.paginator in _UNCOUNTED and len(sent) < listed.asked
            (self.odd if may_end else self.refused)[listed.name] = "the same page again"
            rows = []
        self._before[path] = sent
        self._rows[listed.name, path, number] = rows
        body: Any = {"data": sent}
        more_head = ""
        if listed.paginator == "offset with total":
            body["total"] = sum(map(len, pages))
        if number + 1 < len(pages):
            body["next"] = (
                number + 1 if listed.paginator == "cursor" else f"{path}?page={number + 1}"
            )
            more_head = f'Link: <{self.url}{path}?page={number + 1}>; rel="next"\r\n'
        content = json.dumps(_ODD[kind] if kind in ODD_BODIES else body).encode()
        mark = b"\xef\xbb\xbf" if kind == "byte-order mark" else b""
        return http(mark + content, more_head=more_head)

    def _all_pages(self, name: str, path: str) -> list[list[Row]]:
        listed, rows = self._listed[name], list(self._step.rows[name])
        if listed.parent:
            rows = rows[len(path) % 2 :: 2]
        size = len(rows) if listed.paginator == "single_page" else listed.size
        return [rows[n : n + size] for n in range(0, len(rows), size or 1)] or [[]]

    def _unread(self, name: str) -> int:
        return sum(
            len(set(range(len(self._all_pages(name, path)))) - self._pages[path])
            for path in self._paths(name)
        )

    def _paths(self, name: str) -> set[str]:
        parent = self._listed[name].parent
        if not parent:
            return {f"/{name}"}
        ids = [row.sent.get("id") for row in self.served[parent] if isinstance(row.sent, dict)]
        texts = {str(value) for value in ids if value is not None}
        texts = {text for text in texts if text not in ("", ".", "..") and is_unicode(text)}
        asked = {unquote(path.split("/")[2]): path for path in self._pages if path.count("/") > 2}
        return {asked.get(text, f"/{parent}/?/{name}") for text in texts}


def _may_be_missing(listed: Listed, number: int) -> bool:
    """Whether 404 may say that there is no such page, or that a parent has no children."""
    return listed.paginator in _UNCOUNTED if number else listed.parent is not None


def _page(listed: Listed, query: Mapping[str, int]) -> int:
    if listed.paginator.startswith("offset"):
        return -(-query.get("offset", 0) // listed.size)
    return query.get("page", 0)
