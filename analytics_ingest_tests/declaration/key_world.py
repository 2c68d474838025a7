"""An API that answers by what it is asked, and what a load asks of it and keeps of its answers.

A path names a resource, then a listing: many declarations are compared in one load, each by a
resource of its own.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.loads import utc
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

SIZE = 2
WINDOW = Window(utc(2026, 1, 3), utc(2026, 1, 6))
ROWS = [
    {
        "id": number,
        "updated_at": f"2026-01-0{number}T23:30:00Z",
        "local": f"2026-01-0{number} 23:30",
        "epoch": int(utc(2026, 1, number).timestamp()),
        "kind": f"k{number}",
        "deep": {"at": f"2026-01-0{number}T08:00:00Z"},
    }
    for number in range(1, 8)
]
_OF_EVERY_REQUEST = ("host", "accept", "accept-encoding", "connection", "content-length")


@dataclass
class Observed:
    """What one resource has asked for, and what a load keeps of the answers."""

    requests: list[Any] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    stats: Mapping[str, Any] = field(default_factory=dict)
    failure: str = ""


def serve(api: ScriptedApi, *names: str) -> None:
    """Answer all listings of some resources."""
    for name in names:
        for listing, answer in LISTINGS.items():
            api.on(f"/{name}/{listing}", answer)
        for key in ("a", "b", *(row["kind"] for row in ROWS), *range(1, 8)):
            api.always(f"/{name}/of/{key}", {"data": [{**ROWS[3], "id": f"{key}"}]})


def observe(
    api: ScriptedApi, declaration: ApiDeclaration, window: Window = WINDOW
) -> dict[str, Observed]:
    """Read an API; each resource's own name is left out of what is seen of it."""
    names = [resource.name for resource in declaration.tables]
    seen = {name: Observed() for name in names}
    try:
        with open_load(
            LoadScope(declaration, frozenset(names), window), run_id="run", log=lambda _: None
        ) as opened:
            for name, resource in opened.source.resources.items():
                resource.add_map(seen[name].rows.append)
            list(opened.source)
            for name in names:
                seen[name].stats = _counts(asdict(opened.stats[name]))
                seen[name].failure = str(opened.failures.get(name, "")).replace(name, "R")
    except LoadError:
        pass  # of single resources: each is in what is seen
    for asked in api.asked:
        _, name, *rest = asked.path.split("/")
        if name in seen:
            seen[name].requests.append(_shown(asked, "/".join(rest)))
    for observed in seen.values():  # Listings of several parents are read at once.
        observed.requests.sort(key=repr)
        observed.rows.sort(key=repr)
    return seen


def _counts(stats: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stats.items() if not name.startswith("seconds")}


def _shown(asked: Asked, path: str) -> tuple[Any, ...]:
    headers = {n: v for n, v in asked.headers.items() if n not in _OF_EVERY_REQUEST}
    return asked.method, path, dict(asked.query), headers, asked.body


def _number(asked: Asked, *names: str) -> int | None:
    body = asked.json if asked.body[:1] == b"{" else {}
    values = [asked.query.get(name, body.get(name)) for name in names]
    return next((int(value) for value in values if value not in (None, "")), None)


def _first(asked: Asked) -> int:
    """The first row that is asked for, by whichever parameter."""
    page = _number(asked, "page", "p")
    if page is not None:
        return max(page, 0) * _size(asked)
    return _number(asked, "offset", "from", "cursor", "after") or 0


def _size(asked: Asked) -> int:
    return _number(asked, "limit", "size") or SIZE


def _paged(asked: Asked) -> dict[str, Any]:
    first = _first(asked)
    return {"data": ROWS[first : first + _size(asked)]}


def _counted(asked: Asked) -> dict[str, Any]:
    """Four rows, with totals and a flag under names that nobody guesses."""
    first = _first(asked)
    return {"data": ROWS[:4][first : first + SIZE], "n": 4, "m": 2, "again": first + SIZE < 4}


def _linked(asked: Asked) -> Reply:
    """Names the next page by all means; those that must be declared skip a row."""
    end = _first(asked) + _size(asked)
    is_last = end >= len(ROWS)
    following, far = (None, None) if is_last else (str(end), str(end + 1))
    body = {
        "data": ROWS[_first(asked) : end],
        "cursors": {"next": following},
        "other": {"next": far},
        "next": None if is_last else f"?cursor={end}",
        "links": {"far": None if is_last else f"?cursor={end + 1}"},
    }
    link = f'<?cursor={end}>; rel="next", <?cursor={end + 1}>; rel="far"'
    headers = {"next": str(end), "x-far": str(end + 1), "link": link}
    return Reply(body, headers={} if is_last else headers)


def _gapped(asked: Asked) -> dict[str, Any]:
    """The second page has no rows, though others follow it."""
    first = _first(asked)
    rows = [] if first == SIZE else ROWS[first : first + SIZE]
    following = str(first + SIZE) if first < len(ROWS) else None
    return {"data": rows, "cursors": {"next": following}, "again": first < len(ROWS)}


LISTINGS: Mapping[str, Any] = {
    "list": lambda _: {"data": ROWS},
    "two": lambda _: {"data": ROWS, "others": [{**row, "id": row["id"] + 100} for row in ROWS]},
    "future": lambda _: {"data": [{"id": 1, "updated_at": "2031-01-01T00:00:00Z"}]},
    "paged": _paged,
    "counted": _counted,
    "linked": _linked,
    "gapped": _gapped,
    "beside": lambda _: {"data": ROWS, "error": "some are missing"},
    "teapot": lambda _: Reply({"error": "short and stout"}, 418),
    "token": lambda _: {"access_token": "t1", "deep": {"token": "t2"}, "expires_in": 600},
    "brief": lambda _: {"access_token": "t1"},
    "login": lambda _: {"token": "s1", "deep": {"token": "s2"}},
    "valid": lambda _: {},
}
