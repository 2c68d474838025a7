"""Whether a resource that gave no row is empty: its path, its filter or its key may be wrong.

Some APIs answer 200 and no rows to a parameter or a key that they do not know. So what came back
empty is looked at once more when everything else is read; each proof is a request or two, for a
resource that gave nothing at all.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from requests.auth import AuthBase

from analytics_ingest.loading import cursor
from analytics_ingest.loading.client import Answer
from analytics_ingest.loading.errors import ApiError
from analytics_ingest.loading.listing import Listing
from analytics_ingest.loading.listing_template import ListingTemplate
from analytics_ingest.loading.retry import without_retries
from analytics_ingest.loading.stats import Stats
from analytics_ingest.loading.window import EVERYTHING, Window

AROUND_A_ROW = timedelta(days=1)
"""How far a window that is to hold a certain row reaches to both sides of it."""


@dataclass
class Proof:
    """What was found out about a resource without rows, and what it took."""

    answers: list[Answer] = field(default_factory=list)
    has_rows: bool = False
    """The API has rows of it, whatever the window says."""
    problem: ApiError | None = None
    """Why it must not pass for empty."""


def missing_listings(template: ListingTemplate, stats: Stats) -> str:
    """A sentence about listings that the API does not have; empty where it has all.

    Raises:
        ApiError: It has none of them, so the path may be wrong.
    """
    missing, resource = stats.listings_missing, template.resource
    if missing and missing == stats.listings:
        error = ApiError(
            f"{template.place}: the API answered 404 Not Found for each of {missing} rows of "
            f"{resource.parent and resource.parent.resource}; correct the path, or declare "
            "response_actions: [{status_code: 404, action: ignore}] if none of them has any"
        )
        error.status = 404
        raise error
    if not missing:
        return ""
    return (
        f"{resource.api}.{resource.name}: {missing} of {stats.listings} listings are empty, for "
        "the API answered 404 Not Found"
    )


def proof_of_window(template: ListingTemplate, bindings: Mapping[str, Any]) -> Proof:
    """Find out whether the API understands the window that it was sent.

    Where it lists rows without a window, one around such a row has to hold it.
    """
    proof, incremental = Proof(), template.resource.incremental
    params = template.request_template.window_params
    if incremental is None or not params:
        return proof
    rows = _first_rows(template, EVERYTHING, template.auth, bindings, proof)
    proof.has_rows = bool(rows)
    read = cursor.row_reader(incremental.cursor_path, incremental.cursor_format)
    moments = [at for at in map(read, rows or ()) if at is not None]
    if not moments:
        return proof
    around = Window(max(moments) - AROUND_A_ROW, max(moments) + AROUND_A_ROW)
    if _first_rows(template, around, template.auth, bindings, proof) == []:
        sent = ", ".join(f"{name}={value}" for name, value in params.items())
        proof.problem = ApiError(
            f"{template.place}: no row comes with {sent}, nor for a window that holds one of the "
            "rows that come without; correct incremental.start_param, end_param and param_format"
        )
    return proof


def proof_of_key(template: ListingTemplate, bindings: Mapping[str, Any]) -> Proof:
    """Find out whether an API that gives no rows would tell if the key were wrong."""
    proof, wrong = Proof(), _made_up(template.auth)
    if wrong and _first_rows(template, EVERYTHING, wrong, bindings, proof) == []:
        proof.problem = ApiError(
            f"{template.place}: no row comes, and none to a made-up key either, which the API "
            f"answers with 200: check that the key of {template.resource.api} is right; if the "
            "listing is empty and open to everybody, declare no auth"
        )
    return proof


def _first_rows(
    template: ListingTemplate,
    window: Window,
    auth: AuthBase | None,
    bindings: Mapping[str, Any],
    proof: Proof,
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
        wrong.api_key = "0" * len(str(auth.api_key))
    elif type(auth) is BearerTokenAuth:
        wrong.token = "0" * len(str(auth.token))
    elif type(auth) is HttpBasicAuth:
        wrong.username = wrong.password = "0" * len(str(auth.password))
    else:
        return None
    return wrong
