"""Serves one state of a random world to all its resources, on the sockets of a `ScriptedApi`."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode

import simplejson

from analytics_ingest_tests.support.random_worlds.faults import Faults
from analytics_ingest_tests.support.random_worlds.world import Resource, Served, World
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


class WorldServer:
    """The answers of a world."""

    def __init__(self, api: ScriptedApi, world: World) -> None:
        self._api = api
        self._resources = {resource.name: resource for resource in world.resources}
        self._state: Mapping[str, Sequence[Served]] = {}
        self._faults = Faults()
        self._requests = 0
        api.otherwise(self.answer)

    def begin(self, state: Mapping[str, Sequence[Served]], faults: Faults) -> None:
        """Serve a state to the load that begins."""
        self._state, self._faults, self._requests = state, faults, 0

    def answer(self, asked: Asked) -> Any:
        """The answer to a request."""
        number, self._requests = self._requests, self._requests + 1
        return self._faults.reply(number) or self._page(asked)

    def _page(self, asked: Asked) -> Reply:
        segments = [unquote(part) for part in asked.path.split("/")[1:]]
        resource = self._resources[segments[-1]]
        rows = [
            one.row
            for one in self._state[resource.name]
            if (resource.parent is None or str(one.ref) == segments[1])
            and (
                resource.filter is None
                or one.at is None
                or resource.filter.selects(one.at, asked.query)
            )
        ]
        return _Page(resource, rows, asked, self._api.url).reply()


class _Page:
    """One page of a listing."""

    def __init__(
        self, resource: Resource, rows: Sequence[Mapping[str, Any]], asked: Asked, url: str
    ) -> None:
        self._paging = paging = resource.paging
        self._all = rows
        self._asked = asked
        self._url = url
        self._size = paging.size
        if paging.reads_size and "limit" in asked.query:
            self._size = min(paging.size, int(asked.query["limit"]))
        if paging.kind == "single_page":
            self._size = max(len(rows), 1)
        self._start = self._first_row()
        self._rows = rows[self._start : self._start + self._size]
        self._end = self._start + len(self._rows)
        self._is_last = self._end >= len(rows)

    def reply(self) -> Reply:
        paging = self._paging
        if self._start and not self._rows and paging.kind in ("offset", "page_number"):
            if paging.beyond in ("404", "400"):
                return Reply({"error": "no such page"}, int(paging.beyond))
            if paging.beyond in ("{}", "null"):
                return Reply(paging.beyond.encode())
            if paging.beyond == "last again":
                last = (len(self._all) - 1) // self._size * self._size
                self._rows = self._all[last:]
        headers: dict[str, str] = {}
        body: Any = list(self._rows)
        if paging.place != "$":
            body = {}
            _put(body, paging.place, list(self._rows))
        self._add_next(body, headers)
        self._add_total(body, headers)
        if paging.flag:
            _put(body, "meta.more", self._flag())
        return Reply(simplejson.dumps(body, use_decimal=True).encode(), headers=headers)

    def _first_row(self) -> int:
        paging, query = self._paging, self._asked.query
        if paging.kind == "page_number":
            return (int(query.get("page", paging.base)) - paging.base) * self._size
        name = "offset" if paging.kind == "offset" else "cursor"
        return int(query.get(name, 0))

    def _add_next(self, body: Any, headers: dict[str, str]) -> None:
        paging = self._paging
        if paging.kind in ("offset", "page_number", "single_page"):
            return
        has_next = not self._is_last or (paging.end == "to an empty page" and bool(self._rows))
        link = self._link() if paging.kind not in ("cursor", "header_cursor") else str(self._end)
        if paging.kind == "header_link":
            if has_next:
                headers["Link"] = f'<{link}>; rel="next"'
        elif paging.kind == "header_cursor":
            if has_next:
                headers["X-Next"] = link
        else:
            keys = {"json_link": "links.next", "cursor": "meta.next", "odata": "@odata.nextLink"}
            ends: dict[str, Any] = {"null": None, "empty text": ""}
            key = keys[paging.kind]
            if has_next:
                _put(body, key, link, is_dotted=paging.kind != "odata")
            elif paging.end == "same" and self._start:
                # Of the request that led here.
                same = link.replace(f"cursor={self._end}", f"cursor={self._start}")
                last = same if paging.kind != "cursor" else str(self._start)
                _put(body, key, last, is_dotted=paging.kind != "odata")
            elif paging.end in ends:
                _put(body, key, ends[paging.end], is_dotted=paging.kind != "odata")

    def _link(self) -> str:
        query = urlencode({**self._asked.query, "cursor": self._end}, quote_via=quote)
        address = {"absolute": self._url + self._asked.path, "query": ""}
        # A path from the root holds the base path of the API.
        path = "/" + self._url.split("/", 3)[3] + self._asked.path
        return f"{address.get(self._paging.link, path)}?{query}"

    def _add_total(self, body: Any, headers: dict[str, str]) -> None:
        paging, count = self._paging, len(self._all)
        if paging.total is None:
            return
        totals: dict[str, Any] = {
            "right": count,
            "text": str(count),
            "small": self._small_total(),
            "large": count + 3,
            "-1": -1,
            "0": 0,
            "page": len(self._rows),
            "pages": -(-count // self._size),
        }
        total = totals[paging.total]
        if paging.total_place.startswith("X-"):
            headers[paging.total_place] = str(total)
        else:
            _put(body, paging.total_place, total)

    def _small_total(self) -> int:
        """A total that is too small, unless it would be met at the end of a page.

        One that is met exactly is believed: there is nothing that contradicts it.
        """
        count, pages = len(self._all), -(-len(self._all) // self._size)
        numbers = range(pages + 1, count)
        return next((n for n in numbers if n % self._size), count)

    def _flag(self) -> Any:
        paging = self._paging
        assert paging.flag is not None
        says_more = not self._is_last
        if paging.flag_lies == "early":
            says_more = says_more and self._start == 0
        elif paging.flag_lies == "always":
            says_more = True
        return paging.flag[0 if says_more else 1]


def _put(body: dict[str, Any], path: str, value: Any, *, is_dotted: bool = True) -> None:
    *above, last = path.split(".") if is_dotted else [path]
    for key in above:
        body = body.setdefault(key, {})
    body[last] = value
