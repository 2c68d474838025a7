"""The names that a header of HTTP can have: RFC 9110's tokens."""

import re

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def find_header_problem(name: str) -> str | None:
    """Return why a text is not the name of a header; None if it is."""
    if _TOKEN.fullmatch(name):
        return None
    return f"'{name}' is not the name of a header; use letters, digits and -"
