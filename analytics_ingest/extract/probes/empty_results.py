"""Whether a resource that gave no row is empty: its path, its filter or its key may be wrong.

Some APIs answer 200 and no rows to a parameter or a key that they do not know. So what came back
empty is looked at once more when everything else is read; each proof is a request or two, for a
resource that gave nothing at all.
"""

import copy
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from requests.auth import AuthBase

from analytics_ingest.common import cursor
from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.extract.http.client import Answer
from analytics_ingest.extract.http.retry import without_retries
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.request_queue import RequestQueue
from analytics_ingest.extract.stats import Stats

MADE_UP_KEY = "0" * 16

SETTLED = timedelta(hours=1)
"""Rows that changed later than so long ago may not be found yet by an API that filters."""


@dataclass
class ProbeResult:
    """What was found out about a resource, and what it took."""

    answers: list[Answer] = field(default_factory=list)
    has_rows: bool = False
    """The API has rows of it, whatever the window says."""
    problem: ApiError | None = None
    """Why it must not pass for empty."""
    told: str = ""
    """What is worth a line in the log."""


class EmptyResultProbe:
    """The resources of a load, to be looked at once when all are read.

    Args:
        flight: Sends what it takes.
    """

    def __init__(self, flight: RequestQueue) -> None:
        self._queue = flight
        self._opened: dict[str, tuple[ListingTemplate, Mapping[str, Any]]] = {}

    def note(self, template: ListingTemplate, bindings: Mapping[str, Any]) -> None:
        """Note a listing; the first of each resource stands for all of them."""
        self._opened.setdefault(template.resource.name, (template, bindings))

    def proofs(
        self, stats: Mapping[str, Stats], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        """What is found out, by resource; nothing the next time.

        Args:
            failed: Names of resources that need no look, also of those that fail meanwhile.
        """
        opened, self._opened = self._opened, {}
        for name, (template, _) in opened.items():
            if name not in failed:
                yield name, proof_of_presence(template, stats[name])
        empty = {name: first for name, first in opened.items() if not stats[name].rows_read}
        has_rows = len(empty) < len(opened)
        for name, proof in self._proven(proof_of_window, empty, failed):
            has_rows |= proof.has_rows
            yield name, proof
        if not has_rows:
            yield from self._proofs_of_keys(empty, failed)

    def _proofs_of_keys(
        self, empty: Mapping[str, tuple[ListingTemplate, Mapping[str, Any]]], failed: Container[str]
    ) -> Iterator[tuple[str, ProbeResult]]:
        """Look at one resource for each key; what is found out holds for all that send it."""
        of_key: dict[int, list[str]] = {}
        for name, (template, _) in empty.items():
            if template.auth and template.resource.parent is None and name not in failed:
                of_key.setdefault(id(template.auth), []).append(name)
        firsts = {names[0]: empty[names[0]] for names in of_key.values()}
        for names, (_, proof) in zip(
            of_key.values(), self._proven(proof_of_key, firsts, failed), strict=True
        ):
            yield names[0], proof
            for name in names[1:] if proof.problem else ():
                yield name, ProbeResult(problem=_doubtful_key(empty[name][0]))

    def _proven(
        self,
        prove: Callable[[ListingTemplate, Mapping[str, Any]], ProbeResult],
        empty: Mapping[str, tuple[ListingTemplate, Mapping[str, Any]]],
        failed: Container[str],
    ) -> Iterator[tuple[str, ProbeResult]]:
        names = [name for name in empty if name not in failed]
        proofs = self._queue.results(partial(prove, *empty[name]) for name in names)
        return zip(names, proofs, strict=True)


def proof_of_presence(template: ListingTemplate, stats: Stats) -> ProbeResult:
    """Find out whether the API has any of a resource's listings."""
    proof, missing, resource = ProbeResult(), stats.listings_missing, template.resource
    if missing and missing == stats.listings:
        proof.problem = ApiError(
            f"{template.place}: the API answered 404 Not Found for each of {missing} rows of "
            f"{resource.parent and resource.parent.resource}; correct the path, or declare "
            "response_actions: [{status_code: 404, action: ignore}] if none of them has any"
        )
    elif missing:
        proof.told = (
            f"{resource.api}.{resource.name}: {missing} of {stats.listings} listings are empty, "
            "for the API answered 404 Not Found"
        )
    return proof


def proof_of_window(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Find out whether the API understands the window that it was sent.

    Where it lists rows without a window, the day of such a row has to hold it.
    """
    proof, incremental = ProbeResult(), template.resource.incremental
    params = template.request_template.window_params
    if incremental is None or not params:
        return proof
    rows = first_rows(template, EVERYTHING, template.auth, bindings, proof)
    proof.has_rows = bool(rows)
    read = cursor.row_reader(incremental.cursor_path, incremental.cursor_format)
    moments = [at for at in map(read, rows or ()) if at is not None]
    if not moments:
        return proof
    known = window_with_a_row(moments)
    if first_rows(template, known, template.auth, bindings, proof) == []:
        sent = ", ".join(f"{name}={value}" for name, value in params.items())
        proof.problem = ApiError(
            f"{template.place}: no row comes with {sent}, nor for the day of a row that comes "
            "without; correct incremental.start_param, end_param and param_format"
        )
    return proof


def proof_of_key(template: ListingTemplate, bindings: Mapping[str, Any]) -> ProbeResult:
    """Find out whether an API that gives no rows would tell if the key were wrong."""
    proof, wrong = ProbeResult(), _made_up(template.auth)
    if wrong and first_rows(template, EVERYTHING, wrong, bindings, proof) == []:
        proof.problem = _doubtful_key(template)
    return proof


def _doubtful_key(template: ListingTemplate) -> ApiError:
    return ApiError(
        f"{template.place}: no row comes, and none to a made-up key either, which the API "
        f"answers with 200: check that the key of {template.resource.api} is right; if the "
        "listing is empty and open to everybody, declare no auth"
    )


def window_with_a_row(moments: Sequence[datetime]) -> Window:
    """The day of one of some rows: APIs that only take dates know it too.

    It begins on the row's own day, for APIs that compare text: there `2026-01-05 10:00` comes
    before `2026-01-05T00:00`.
    """
    settled = datetime.now(timezone.utc) - SETTLED
    moment = max([moment for moment in moments if moment < settled] or moments)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(day, day + timedelta(days=1))


def first_rows(
    template: ListingTemplate,
    window: Window,
    auth: AuthBase | None,
    bindings: Mapping[str, Any],
    proof: ProbeResult,
) -> list[Any] | None:
    """The first page of a listing in another window or with another key; None where none comes."""
    resource = without_retries(template.resource)
    changed = ListingTemplate(resource, template.client, auth, window, template.settings)
    listing = Listing(changed, bindings, {})
    answer = Answer()
    proof.answers.append(answer)
    try:
        template.client.send(resource, listing.next_request(), auth, answer)
        return None if answer.ignored else listing.accept(answer).rows
    except ApiError:
        return None


def _made_up(auth: AuthBase | None) -> AuthBase | None:
    """The same signer with a key that nobody has; None where it has to sign in for a token."""
    wrong: Any = copy.copy(auth)
    if type(auth) is APIKeyAuth:
        wrong.api_key = MADE_UP_KEY
    elif type(auth) is BearerTokenAuth:
        wrong.token = MADE_UP_KEY
    elif type(auth) is HttpBasicAuth:
        wrong.username = wrong.password = MADE_UP_KEY
    else:
        return None
    return wrong
