"""Faults of a random load: what is answered in place of a page, to which requests."""

from dataclasses import dataclass
from random import Random

from analytics_ingest_tests.support.scripted_api import Reply

RETRIES = 2
READ_TIMEOUT = 0.3
HANDLER = {
    "retry_on_status_codes": [429, 500, 502, 503],
    "max_retries": RETRIES,
    "backoff_factor": 0,
}
_TRUNCATED = {"Content-Length": "999"}
REPLIES = {
    "500": Reply({"error": "x"}, 500),
    "429": Reply({}, 429, {"Retry-After": "0"}),
    "503": Reply(b"<html>", 503),
    "403": Reply({"message": "no"}, 403),
    "timeout": Reply({"data": []}, delay=READ_TIMEOUT * 2),
    "truncated": Reply(b'{"data": [', 200, _TRUNCATED),
    "cut": Reply(b"", 200, _TRUNCATED),
    "half a JSON": Reply(b'{"data": [{"id": 1'),
    "HTML": Reply(b"<html><body>Sign in</body></html>", 200, {"Content-Type": "text/html"}),
    "empty body": Reply(b""),
    "202": Reply({}, 202),
    "error with 200": Reply({"error": {"message": "x"}}),
}


@dataclass(frozen=True)
class Faults:
    """A fault of some requests of a load."""

    kind: str = ""
    first: int = 0
    """The number of the first request that it answers."""
    requests: int = 0
    """How many."""
    killed_after: str = ""
    """What the load has done when it is killed."""

    @property
    def is_any(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.kind or self.killed_after)

    def reply(self, number: int) -> Reply | None:
        """What answers a request in place of its page."""
        if self.first <= number < self.first + self.requests:
            return REPLIES[self.kind]
        return None


def random_faults(rng: Random) -> Faults:
    """The faults of a load that may fail."""
    if rng.random() < 0.25:
        return Faults(killed_after=rng.choice(("a row", "extract", "normalize")))
    return Faults(
        rng.choice(list(REPLIES)),
        first=rng.choice((0, 1, 2, 3, 5, 8)),
        requests=rng.choice((1, RETRIES, RETRIES + 1, 50)),
    )
