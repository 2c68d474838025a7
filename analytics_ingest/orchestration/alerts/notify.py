"""Sends messages through Apprise, to the services that the setting names."""

import hashlib
import os
import re
import time
from dataclasses import dataclass, field
from functools import partial

from analytics_ingest.common.log import redact_logs
from analytics_ingest.common.redaction import redact
from analytics_ingest.orchestration.checks.outcome import counted

SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"
UNSET = f"{SETTING} is not set, so nobody is told; set it to one or more Apprise URLs"

_BETWEEN_PARTS = re.compile("[/@:?&=]+")

SECONDS_A_TICK = 20.0
"""No message is begun later in a tick: after 60 seconds Dagster gives it up, and its cursor."""

Message = tuple[str, str]
"""Title and body."""


class DeliveryError(Exception):
    """A service did not take a message."""


@dataclass(frozen=True)
class Service:
    """One of the configured URLs, which hold secrets."""

    number: int
    url: str = field(repr=False)

    @property
    def key(self) -> str:
        """What stands for the service in cursors."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:12]

    def send(self, message: Message) -> None:
        """Deliver a message.

        Raises:
            DeliveryError: Apprise does not know the URL, or the service did not take the message.
        """
        # Apprise knows a hundred services, and takes as many milliseconds to import.
        import apprise

        title, body = message
        service = apprise.Apprise()
        with redact_logs(partial(redact, secrets=self._secrets()), "apprise"):
            if not service.add(self.url):
                raise DeliveryError(f"URL {self.number} of {SETTING} is not one that Apprise knows")
            if not service.notify(title=title, body=body):
                raise DeliveryError(
                    f"the service of URL {self.number} of {SETTING} did not take the message; see "
                    "the daemon's log"
                )

    def _secrets(self) -> list[str]:
        """The URL and its parts: each service takes its tokens from other places."""
        return [self.url, *_BETWEEN_PARTS.split(self.url)]


def configured_services() -> list[Service]:
    """The services of the setting, several separated by commas."""
    urls = [url.strip() for url in os.environ.get(SETTING, "").split(",")]
    return [Service(number, url) for number, url in enumerate(dict.fromkeys(filter(None, urls)), 1)]


class Deliveries:
    """What one tick sends; a service that fails does not hold up the others."""

    def __init__(self) -> None:
        self._sent = 0
        self._problems: list[str] = []
        self._until = time.monotonic() + SECONDS_A_TICK

    def send(self, service: Service, message: Message) -> bool:
        """Whether the service took the message; one that it did not take is for the next tick."""
        if time.monotonic() > self._until:
            self._problems.append("the next tick sends more")
            return False
        try:
            service.send(message)
        except DeliveryError as error:
            self._problems.append(str(error))
            return False
        self._sent += 1
        return True

    def summary(self) -> str:
        """What the tick says.

        Raises:
            DeliveryError: Nothing was delivered. Where something was, the problem is only told:
                an error loses the tick's cursor, and what was delivered would be sent again.
        """
        if self._problems and not self._sent:
            raise DeliveryError("; ".join(self._problems))
        sent = f"{counted(self._sent, 'message')} sent" if self._sent else "nothing to tell"
        return "; ".join([sent, *self._problems])
