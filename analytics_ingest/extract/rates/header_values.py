"""The numbers and moments that headers about limits hold."""

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from analytics_ingest.common.cursor import read_iso8601

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_FIRST_EPOCH = 1e9
"""A larger number is not a duration but a time: the seconds since 1970."""
_FIRST_EPOCH_MS = 1e12


def is_number(text: str) -> bool:
    """Return whether a header is a number that is not negative."""
    return _NUMBER.fullmatch(text) is not None


def read_seconds(header: str) -> float | None:
    """Read seconds from now, given as a number of seconds, as an epoch or as a date."""
    text = header.strip()
    now = datetime.now(timezone.utc)
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number < _FIRST_EPOCH:
            return number
        # An epoch in whole seconds is rounded down: the limit ends before the next one.
        epoch = number / 1000 if number >= _FIRST_EPOCH_MS else number + ("." not in text)
        return max(0.0, epoch - now.timestamp())
    try:
        at = read_iso8601(text) or parsedate_to_datetime(text)
        at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
        return max(0.0, (at - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None
