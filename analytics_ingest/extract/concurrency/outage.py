"""Whether an API is down: several paths in a row got no answer, and none got one in between.

One record that the API stumbles over, or one path that times out, is not an outage: its resource
fails alone. `ApiClient` notes the outcome of each exchange; `Extractor` reads `is_certain` when the
retries of a request are used up.
"""

import threading
from enum import Enum, auto

PATHS_IN_A_ROW = 3
"""Declared paths without an answer that make an outage."""

PATHS_AT_FIRST = 2
"""The same of an API that has not answered anything yet."""


class Scope(Enum):
    """What the failure of an exchange is about."""

    REQUEST = auto()
    """The API answers, and refuses this request."""
    PATH = auto()
    """A 5xx, a rate limit, or a response that did not come: of this path, or of all."""
    API = auto()
    """503, or no connection: while nothing has been answered, it is about the whole API."""
    API_FOR_LONG = auto()
    """The API asks for a longer wait than a run waits."""


class Outage:
    """What the last exchanges with an API say about it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failing: set[str] = set()
        self._has_answered = False
        self._is_closed = False

    @property
    def is_certain(self) -> bool:
        """Whether no further request is worth sending."""
        paths = PATHS_IN_A_ROW if self._has_answered else PATHS_AT_FIRST
        return self._is_closed or len(self._failing) >= paths

    def note_answer(self) -> None:
        """Note that the API has answered."""
        with self._lock:
            self._has_answered, self._is_closed = True, False
            self._failing.clear()

    def note_failure(self, path: str, scope: Scope) -> None:
        """Note an exchange that failed.

        Args:
            path: The declared one, with its resource: a row of a parent does not make another.
        """
        if scope is Scope.REQUEST:
            self.note_answer()
            return
        with self._lock:
            self._failing.add(path)
            is_first = scope is Scope.API and not self._has_answered
            self._is_closed |= is_first or scope is Scope.API_FOR_LONG
