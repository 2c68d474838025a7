"""Parts a clause with several statements on rows, each of which has a verb of its own.

`a` is removed, and `b` is renamed to `c`     `a` is removed, as are records with `b` true
"""

import re

from analytics_ingest.convert.prose.words.row_words import DROP, LIFT, REMOVE

_PARTICIPLE = rf"(?:{DROP}|{REMOVE}|{LIFT}|added|renamed|replaced|masked|set|kept|loaded|flattened)"
_SEPARATOR = re.compile(
    r"(?P<same>, as (?:is|are) |,? and so (?:is|are) )"
    r"|(?:,? and |, while )(?!then\b|afterwards\b|(?:is|are|do|does|must|has|have|so)\b)"
)
_STATES = re.compile(
    rf"\b(?:is|are|must be|has|have)\b[^;:]{{0,80}}?\b{_PARTICIPLE}(?!\w)", re.IGNORECASE
)
_VERB = re.compile(rf"\b(?:is|are) (?P<verb>{_PARTICIPLE})(?!\w)", re.IGNORECASE)


def part_statements(clause: str) -> tuple[str, str] | None:
    """Part the first statement of a clause from the others; None where it is one statement."""
    for match in _SEPARATOR.finditer(clause):
        left, right = clause[: match.start()], clause[match.end() :]
        verb = _VERB.search(left)
        if match["same"]:
            right = f"{right.rstrip('. ')} are {verb['verb']}" if verb else ""
        is_within = left.count("`") % 2 or left.count("(") != left.count(")")
        if not is_within and _STATES.search(left) and _STATES.search(right):
            return left, right
    return None
