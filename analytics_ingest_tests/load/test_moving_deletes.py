"""Whatever moves, fails or is killed: a row that the API has all the while is never marked.

`ANALYTICS_INGEST_EXAMPLES=200` tries more histories.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.deletes import ALL, PAGES, marks, rows
from analytics_ingest_tests.support.kills import Moment, load_apart
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.pages import by_offset
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

HISTORIES = range(8, 8 + int(os.environ.get("ANALYTICS_INGEST_EXAMPLES", "1")))
"""The first one has loads that end, that are killed, and that are refused."""
NAMES = ("marked", "removed")
PHASES = ("extract", "normalize", "load", "close")


class Listing:
    """Rows that come and go, also between two requests.

    Args:
        random: Decides what changes.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._states = [set(ALL)]
        self._changes = 0.0

    def begin(self, changes: float) -> None:
        """Change before a load, and during it before this share of the requests."""
        for _ in range(self._random.randint(0, 2)):
            self._change()
        self._states, self._changes = self._states[-1:], changes

    def answer(self, asked: Asked) -> Any:
        """Answer with a page."""
        if self._random.random() < self._changes:
            self._change()
        return by_offset(rows(*sorted(self._states[-1])))(asked)

    @property
    def lasting(self) -> set[int]:
        """The rows that have been there since the load began."""
        return set.intersection(*self._states)

    @property
    def is_still(self) -> bool:
        """Whether nothing has changed since the load began."""
        return len(self._states) == 1

    def _change(self) -> None:
        self._states.append(self._states[-1] ^ set(self._random.sample(ALL, 2)))


@pytest.mark.parametrize("seed", HISTORIES)
def test_a_row_that_is_there_all_the_while_is_neither_marked_nor_removed(
    seed: int, api: ScriptedApi
) -> None:
    random = Random(seed)
    own: Mapping[str, Mapping[str, Any]] = {
        "marked": {"max_share": 1},
        "removed": {"max_share": 1, "remove": True},
    }
    keys: Mapping[str, Any] = {"incremental": None, "paginator": PAGES}
    declaration = declare(
        *(resource(name, own={"deletes": deletes}, **keys) for name, deletes in own.items()),
        concurrency=1,
    )
    listings = {name: Listing(random) for name in NAMES}
    before: Mapping[str, set[int]] = {name: set() for name in NAMES}
    for how in ("loaded", *random.choices(("loaded", "killed", "refused"), (3, 2, 1), k=5)):
        for listing in listings.values():
            listing.begin(random.choice((0, 0.2)) if any(before.values()) else 0)
        attempt(declaration, how, random, api, listings)
        after = current()
        for name, listing in listings.items():
            assert not (before[name] & listing.lasting) - after[name], (how, name)
            if how == "loaded" and listing.is_still:
                assert after[name] == listing.lasting
        before = after


def attempt(
    declaration: ApiDeclaration,
    how: str,
    random: Random,
    api: ScriptedApi,
    listings: Mapping[str, Listing],
) -> None:
    """Load; a load whose rows move may fail."""
    for name, listing in listings.items():
        api.on(f"/{name}", listing.answer)
    if how == "refused":
        api.always(f"/{random.choice(NAMES)}", Reply(status=403))
    if how == "killed":
        load_apart(declaration, EVERYTHING, Moment(random.choice(PHASES), random.randint(1, 40)))
        return
    with suppress(LoadError):
        load(declaration)


def current() -> Mapping[str, set[int]]:
    """The rows of each table that count as there."""
    return {"marked": set(table("marked")) - set(marks("marked")), "removed": set(table("removed"))}
