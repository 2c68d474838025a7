"""Tells by a name that a field or a parameter is a time: `created_at`, `lastSeen`."""

import re

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_TIME = re.compile(
    r"[mcl]?(?:date|time)(?:time|stamp)?|stamp|day|(?:last)?(?:updated?|modified|changed|created|edited)"
    r"|modification|creation|change|seen|login|ts|datetime",
    re.IGNORECASE,
)
"""A word in the name of a time."""


def is_time(name: str) -> bool:
    """Return whether a name is that of a time."""
    words = _WORD.findall(name.rpartition(".")[2])
    is_moment = len(words) > 1 and words[-1].lower() in ("at", "on")
    return is_moment or any(map(_TIME.fullmatch, words))
