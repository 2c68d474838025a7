"""One request of an API, with what decides about its retries."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from requests import Request

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.json_tree import walk
from analytics_ingest.declaration.models.endpoint import Endpoint, ErrorHandler
from analytics_ingest.extract.stats import Attempts


@dataclass(frozen=True)
class ApiRequest:
    """A request to send, with what decides about its retries.

    It carries its own count of attempts: a request that fails or is cancelled counts as well.
    """

    place: str
    """Resource, method and declared path, for error messages."""
    http: Request
    auth: Auth | None
    error_handler: ErrorHandler
    endpoint: Endpoint
    """Says which responses to ignore, to retry and to refuse."""
    row_values: Collection[str] = ()
    """What a parent's row has filled in; no message shows it."""
    attempts: Attempts = field(default_factory=Attempts)
    is_download: bool = False
    """It goes to another host, which a job's response names: without key, headers and budgets."""
    redirects: list[str] = field(default_factory=list)
    """The other host that the API has redirected to, for the result of a job; else empty."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    """Set when the response is no longer needed: the request is not sent again."""

    @property
    def elsewhere(self) -> str | None:
        """The address at another host that answers; None if the API itself does."""
        return (
            self.redirects[-1] if self.redirects else str(self.http.url) * self.is_download or None
        )


def list_texts(bindings: Mapping[str, Any]) -> list[str]:
    """List the values that fill a request, so that no message shows one.

    Those of a job are in its responses; an address may hold a signature.
    """
    leaves = [leaf for value in bindings.values() for leaf in walk(value)]
    texts = [str(leaf) for leaf in leaves if not isinstance(leaf, dict | list | bool | None)]
    queries = [text.partition("?")[2] for text in texts if "://" in text]
    return [*texts, *(value for query in queries for _, value in parse_qsl(query))]
