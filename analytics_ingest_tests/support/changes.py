"""An API that lists customers as they are, and events that hold them as they were."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

import time_machine

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.declaration.validation.changes import select_changes, select_whole_listings
from analytics_ingest_tests.support.loads import declare, load, resource, table, utc
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

WINDOW = {"start_param": "since", "end_param": "until"}
CHANGES: dict[str, Any] = {
    "kept_for": "30d",
    "endpoint": {
        "path": "/events",
        "data_selector": "data",
        "paginator": "single_page",
        "incremental": WINDOW,
    },
    "processing_steps": [
        {"add": {"object.updated": "{{ record.created }}"}},
        {"flatten_path": {"path": ["object"], "replace_record": True}},
    ],
}


def declare_customers(
    *others: dict[str, Any],
    changes: dict[str, Any] | None = CHANGES,
    own: Mapping[str, Any] = MappingProxyType({}),
    partitions: Mapping[str, Any] = MappingProxyType({}),
    **incremental: Any,
) -> ApiDeclaration:
    """Declare the customers, read from events where a window is recent, beside other resources."""
    customers = declare_resource(changes=changes, own=own, **incremental)
    days = {"every": "daily", "start": "2026-01-01", **partitions}
    return declare(customers, *others, partitions=days)


def declare_resource(
    *,
    changes: dict[str, Any] | None = CHANGES,
    own: Mapping[str, Any] = MappingProxyType({}),
    **incremental: Any,
) -> dict[str, Any]:
    """The resource of the customers."""
    keys = {
        "processing_steps": [{"add": {"updated": "{{ record.created }}"}}],
        "fields": {"id": "string", "plan": "string", "updated": "timestamp"},
        "allow_empty": True,
        **({"changes": changes} if changes else {}),
        **own,
    }
    window = {"cursor_path": "updated", **WINDOW, **incremental}
    return resource("customers", own=keys, incremental=window)


def read_plans() -> dict[str, str]:
    """The plan of each customer in the warehouse."""
    return dict(table("customers", "id", "plan"))


class Customers:
    """The customers of an API, which change."""

    def __init__(self, api: ScriptedApi) -> None:
        self._rows: dict[str, dict[str, str]] = {}
        self._events: list[dict[str, Any]] = []
        self.kept_since = ""
        """Events before this moment are not listed any more."""
        api.on("/customers", self.list_customers)
        api.on("/events", self._list_events)

    def change(self, name: str, moment: datetime | str, plan: str) -> None:
        """Create a customer, or change its plan."""
        at = moment if isinstance(moment, str) else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        row = self._rows.setdefault(name, {"id": name, "created": at, "plan": plan})
        row["plan"] = plan
        self._events.append({"id": len(self._events), "created": at, "object": dict(row)})

    def list_customers(self, asked: Asked) -> Any:
        """Answer with the customers that were created in a window, in their present state."""
        return self._list(asked, list(self._rows.values()))

    def _list_events(self, asked: Asked) -> Any:
        return self._list(asked, [e for e in self._events if e["created"] >= self.kept_since])

    def _list(self, asked: Asked, rows: list[dict[str, Any]]) -> Any:
        since, until = asked.query.get("since", ""), asked.query.get("until", "9999")
        return {"data": [row for row in rows if since <= row["created"] <= until]}


def check_any_loads(api: ScriptedApi, seed: int) -> None:
    """Load in a random order, while customers change: the newest state that was read must stay."""
    random, customers = Random(seed), Customers(api)
    now, history = utc(2026, 1, 1), list[tuple[datetime, str, str]]()
    newest: dict[str, tuple[datetime, datetime, str]] = {}
    for number in range(8):
        for _ in range(random.randint(0, 5)):
            now += timedelta(hours=random.randint(1, 12))
            history.append((now, random.choice("abcd"), f"plan {len(history)}"))
            customers.change(history[-1][1], now, history[-1][2])
        now += timedelta(hours=1)
        start = now - timedelta(hours=random.randint(1, 100))
        window = Window(start, start + timedelta(hours=random.randint(1, 48)))
        is_whole = random.random() < 0.3
        read = [(at, name, plan) for at, name, plan in history if is_whole or at in window]
        for at, name, plan in read:
            state = (now if is_whole else at), at, plan
            newest[name] = max(newest.get(name, state), state)
        declared = declare_customers()
        with time_machine.travel(now, tick=False):
            if is_whole:
                whole = select_whole_listings(declared, {"customers": now})
                load(whole, window=Window(None, now), run_id=f"run{number}")
            else:
                load(select_changes(declared, ["customers"]), window=window, run_id=f"run{number}")
    assert read_plans() == {name: state[-1] for name, state in newest.items()}
