"""Rows without a key, compared with a model of what each load should replace."""

from datetime import timedelta
from random import Random
from typing import Any

from analytics_ingest.common.window import Window
from analytics_ingest_tests.support.loads import declare, load, resource, utc
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi
from analytics_ingest_tests.support.warehouses import ask

FIRST = utc(2026, 1, 1)


def report(name: str = "items", *, own: dict[str, Any] | None = None, **incremental: Any) -> Any:
    """A resource without a key, whose requests hold the days of its window, both included."""
    bounds = {"start_param": "since", "end_param": "until", "param_format": "%Y-%m-%d"}
    return resource(
        name,
        own={"primary_key": None, "write_disposition": "merge", **(own or {})},
        incremental={"cursor_path": "moment", **bounds, **incremental},
    )


def event(moment: str, value: Any = 1) -> dict[str, Any]:
    """A row without a key."""
    return {"moment": moment, "value": value}


def hours(start: int, end: int) -> Window:
    """The window between two hours since the first of January 2026."""
    return Window(FIRST + timedelta(hours=start), FIRST + timedelta(hours=end))


def values(table: str = "items") -> list[tuple[int, Any]]:
    """The moments of a table, in seconds since 1970, and the values; in order."""
    stored = ask(f"SELECT moment, value FROM demo.{table} ORDER BY 1, 2").rows
    return [(int(at.timestamp()), value) for at, value in stored]


def check_replaced_windows(api: ScriptedApi, seed: int) -> None:
    """Load windows at random, whole and in pieces, from a listing that changes at random."""
    random = Random(seed)
    served: list[dict[str, Any]] = []
    stored: list[tuple[int, int]] = []

    def script(asked: Asked) -> dict[str, Any]:
        since, until = (asked.query.get(name, "") for name in ("since", "until"))
        return {"data": [row for row in served if since <= row["moment"][:10] <= until]}

    api.on("/items", script)
    longest: Any = random.choice([None, "1d", "6h"])
    pieces = {"max_window": longest} if longest else {}
    fields = {"moment": "timestamp", "value": "integer"}
    declaration = declare(report(own={"allow_empty": True, "fields": fields}, **pieces))
    for _ in range(6):
        moments = [FIRST + timedelta(hours=random.randrange(120)) for _ in range(20)]
        served[:] = [event(f"{at:%Y-%m-%dT%H:%M:%SZ}", random.randrange(3)) for at in moments]
        start = random.randrange(0, 100)
        window = hours(start, start + random.choice([6, 24, 48]))
        load(declaration, window=window)
        seconds = [int(moment.timestamp()) for moment in moments]
        read = [(at, row["value"]) for at, row in zip(seconds, served, strict=True)]
        stored = [each for each in stored if not _is_in(window, each)]
        stored += [each for each in read if _is_in(window, each)]
        assert values() == sorted(stored), (seed, window)


def _is_in(window: Window, row: tuple[int, int]) -> bool:
    return FIRST + timedelta(seconds=row[0] - int(FIRST.timestamp())) in window
