"""Delivers messages through Apprise, to the services that the setting names."""

import hashlib
import logging
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Literal, NamedTuple, TypeVar

import dagster as dg

from analytics_ingest.common.log import redact_logs
from analytics_ingest.common.redaction import redact
from analytics_ingest.orchestration.checks.outcome import pluralize

SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"
UNSET = f"{SETTING} is not set, so no alert is sent; set it to one or more Apprise URLs"

SECONDS_BETWEEN_TICKS = 30

SECONDS_A_TICK = 20.0
"""A tick starts no delivery after this time: Dagster kills it after 60 s and loses its cursor."""

_STATUS = re.compile(r"\berror=(\d{3})\b")
"""How nearly all services of Apprise log the status of a response."""

_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}

_BETWEEN_PARTS = re.compile("[/@:?&=]+")


_Value = TypeVar("_Value")

Kind = Literal["failure", "warning", "info"]
"""How urgent a message is, in Apprise's words: services show it as a colour or a sign."""


class Message(NamedTuple):
    """A message as services show it."""

    title: str
    body: str
    kind: Kind


class DeliveryError(Exception):
    """A service did not accept a message.

    Args:
        status: Why, if it is the message: sent again, it would be rejected again.
    """

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class _Statuses(logging.Filter):
    """Collects the HTTP statuses in what Apprise logs, the only place that says why it failed."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: list[int] = []

    def filter(self, record: logging.LogRecord) -> bool:
        if _statuses.get() is self and record.levelno >= logging.WARNING:
            self._seen += map(int, _STATUS.findall(record.getMessage()))
        return True

    @contextmanager
    def collect(self) -> Iterator[None]:
        """Collect what this block sends, and no other tick at the same time."""
        logger, token = logging.getLogger("apprise"), _statuses.set(self)
        logger.addFilter(self)
        try:
            yield
        finally:
            logger.removeFilter(self)
            _statuses.reset(token)

    def find_rejection(self) -> int | None:
        """Find the status by which a service rejected what was sent, and would each time."""
        rejections = [status for status in self._seen if status // 100 == 4]
        is_rejected = rejections == self._seen and not set(rejections) & _PASSING
        return rejections[-1] if rejections and is_rejected else None


_statuses: ContextVar[_Statuses | None] = ContextVar("statuses", default=None)
"""Those of the message that is being sent; Apprise hands it on to the thread that sends."""


@dataclass(frozen=True)
class Service:
    """One of the configured URLs, which hold secrets, or one of the targets of such a URL."""

    number: int
    url: str = field(repr=False)
    target: str = field(default="", repr=False)
    """A channel, topic or address; all that the URL names without one."""
    place: int = 0
    """That of the target among those of the URL, counted from one."""

    @property
    def key(self) -> str:
        """The service's name in cursors, which must not hold its URL."""
        named = f"{self.url}\n{self.target}" if self.target else self.url
        return hashlib.sha256(named.encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        """The service's name in messages, by its place in the setting."""
        url = f"URL {self.number} of {SETTING}"
        return f"target {self.place} of {url}" if self.place else url

    def find_own(self, cursor: Mapping[str, _Value], default: _Value) -> _Value:
        """Find a service's entry in a cursor, which may be from before its URL was divided."""
        return cursor.get(self.key, cursor.get(Service(self.number, self.url).key, default))

    def build_settings(self) -> dict[str, Any] | None:
        """Build what Apprise reads of the URL; None if it does not know it."""
        from apprise.plugins import url_to_dict

        settings: dict[str, Any] | None = url_to_dict(self.url)
        return {**settings, "targets": [self.target]} if settings and self.target else settings

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            DeliveryError: Apprise does not know the URL, or the service rejected the message.
        """
        # Importing Apprise takes 100 ms, because it knows a hundred services.
        import apprise

        service, statuses = apprise.Apprise(), _Statuses()
        with self.redact_logs():
            if not service.add((self.build_settings() or "") if self.target else self.url):
                raise DeliveryError(f"{self.name} is not one that Apprise knows")
            title, body, kind = message
            with statuses.collect():
                is_accepted = service.notify(title=title, body=body, notify_type=kind)
            if not is_accepted:
                raise DeliveryError(
                    f"the service of {self.name} did not accept the message; see the daemon's log",
                    statuses.find_rejection(),
                )

    def redact_logs(self) -> AbstractContextManager[None]:
        """Redact the URL and all its parts, because each service has its tokens elsewhere in it."""
        secrets = [self.url, self.target, *_BETWEEN_PARTS.split(self.url)]
        return redact_logs(partial(redact, secrets=secrets), "apprise")


def list_services() -> list[Service]:
    """List the services of the setting, whose URLs are separated by commas."""
    urls = [url.strip() for url in os.environ.get(SETTING, "").split(",")]
    return [Service(number, url) for number, url in enumerate(dict.fromkeys(filter(None, urls)), 1)]


def decide_default_status() -> dg.DefaultSensorStatus:
    """Return whether sensors run unless switched: only where there is somebody to notify.

    Each tick is a row in Dagster's database and two lines in its log.
    """
    status = dg.DefaultSensorStatus
    return status.RUNNING if list_services() else status.STOPPED


class Deliveries:
    """The deliveries of one tick; a service that fails does not delay the others."""

    def __init__(self) -> None:
        self._sent = 0
        self._problems: list[str] = []
        self._deadline = time.monotonic() + SECONDS_A_TICK

    def deliver(self, service: Service, message: Message, substitute: Message) -> bool:
        """Send a message, and return whether it was accepted; if not, the next tick retries.

        Args:
            substitute: Sent where the message itself is rejected, so that no later one waits for
                it. If it is rejected too, the fault is not the message's.
        """
        if time.monotonic() > self._deadline:
            self._problems.append("the next tick sends the rest")
            return False
        try:
            service.send(message)
        except DeliveryError as error:
            if error.status is None or not self._replace(service, substitute, error.status):
                self._problems.append(str(error))
                return False
        self._sent += 1
        return True

    def _replace(self, service: Service, substitute: Message, status: int) -> bool:
        try:
            service.send(substitute)
        except DeliveryError:
            return False
        self._problems.append(
            f"the service of {service.name} rejected a message with status {status}, which was "
            f"sent without its details: {substitute.body}"
        )
        return True

    def summarize(self) -> str:
        """Summarize the tick in one line.

        Raises:
            DeliveryError: Nothing was delivered. If something was, the summary holds the problem:
                an error would lose the tick's cursor, and the next tick would send it again.
        """
        if self._problems and not self._sent:
            raise DeliveryError("; ".join(self._problems))
        sent = f"{pluralize(self._sent, 'message')} sent" if self._sent else "nothing to report"
        return "; ".join([sent, *self._problems])
