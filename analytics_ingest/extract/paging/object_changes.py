"""What differs between two responses that are one object each, and why it may."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.extract.paging.evidence import as_number, normalize

_NAMES = {
    *("offset", "skip", "start", "startindex", "from", "position"),
    *("page", "currentpage", "pagenumber", "pageno", "pageindex"),
}
"""How APIs call the position that they were sent, without signs and capitals."""

_SLOWNESS = 5.0
"""Seconds that an answer may have been made before it came."""

_NEAR = timedelta(days=1)
"""The clock of an API may lack a zone."""


@dataclass(frozen=True)
class Change:
    """A value that differs; None stands for one that is missing.

    Args:
        path: The keys that lead to it; elements of a list have that of the list.
        is_part: Whether the second object has something that the first lacks: another element of
            a list, or another key of an inner object.
    """

    path: tuple[str, ...]
    before: Any
    after: Any
    is_part: bool

    @property
    def name(self) -> str:
        """The path, for messages."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Sent:
    """What two requests sent, and how many seconds were between their responses."""

    param: str
    before: int
    after: int
    seconds: float

    def explains(self, change: Change) -> bool:
        """Return whether a change repeats the position that was sent, or is the time."""
        values = change.before, change.after
        return self._is_position(change) or self._is_url(*values) or self._is_time(*values)

    def _is_position(self, change: Change) -> bool:
        if normalize(change.path[-1]) not in {normalize(self.param), *_NAMES}:
            return False
        before, after = as_number(change.before), as_number(change.after)
        if after is None or (before is None and change.before is not None):
            return False
        # An API may say 1 for the page that it calls 0.
        return after == self.after or after - (before or 0) == self.after - self.before

    def _is_url(self, before: Any, after: Any) -> bool:
        """Return whether two texts differ by the position in a URL, or only one is there."""
        texts = [text for text in (before, after) if text is not None]
        sent = re.compile(rf"\b{re.escape(self.param)}=\d+")
        if not all(isinstance(text, str) and sent.search(text) for text in texts):
            return False
        return len({sent.sub("", text) for text in texts}) == 1

    def _is_time(self, before: Any, after: Any) -> bool:
        moments = _read_moment(before), _read_moment(after)
        if moments[0] is None or moments[1] is None:
            return False
        passed = (moments[1] - moments[0]).total_seconds()
        is_now = abs(datetime.now(timezone.utc) - moments[1]) < _NEAR
        return is_now and 0 <= passed <= self.seconds + _SLOWNESS


def find_changes(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Yield what differs between two values; not the order of a list."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            is_added = bool(path) and name not in before
            for one in find_changes(before.get(name), after.get(name), (*path, str(name))):
                yield Change(one.path, one.before, one.after, one.is_part or is_added)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _find_changes_in_list(before, after, path)
    else:
        yield Change(path, before, after, isinstance(after, (list, dict)) and bool(after))


def _find_changes_in_list(
    before: list[Any], after: list[Any], path: tuple[str, ...]
) -> Iterator[Change]:
    texts, others = sorted(map(repr, before)), sorted(map(repr, after))
    if texts == others:
        return
    if not after:
        yield Change(path, before, after, is_part=False)
    elif len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            for change in find_changes(one, other, path):
                yield Change(change.path, change.before, change.after, is_part=True)
    else:
        yield Change(path, before, after, is_part=True)


def _read_moment(value: Any) -> datetime | None:
    """Read a time: text, or seconds or milliseconds since 1970."""
    if isinstance(value, str):
        return read_iso8601(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    now = datetime.now(timezone.utc).timestamp()
    seconds = next((n for n in (value, value / 1000) if abs(n - now) < _NEAR.total_seconds()), None)
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
