"""Decides whether a clause that names a format may be on something else than the bounds of windows.

The field `birthday` is in the format `YYYY-MM-DD`      Dates may be given as `YYYY-MM-DD` too
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.prose.text.passages import Clause

_ALTERNATIVE = re.compile(
    r"\b(?:may|can|accepted|allowed|supported|possible|valid)\b.{0,200}\b(?:too|as well|also"
    r"|alternatively)\b|\b(?:also|alternatively)\b.{0,200}\b(?:may|can|accepted|allowed|supported"
    r"|possible|valid|given)\b|\bomitted\b",
    re.IGNORECASE,
)
"""What names another format than the one that is usual."""
_VERSION = re.compile(r"\bv\d+\b|\bversion \d", re.IGNORECASE)
_ISO = re.compile(r"\biso(?:[ -]?8601)?\b", re.IGNORECASE)
_EPOCH = re.compile(r"\b(?:unix|epoch)\b", re.IGNORECASE)
_FIELD = re.compile(r"\b(?:the )?(?:fields?|columns?|such as|like) (?:the )?$", re.IGNORECASE)
_NAME = re.compile(r"[a-z]\w*")
_ON_BOUNDS = re.compile(
    r"\b(?:windows?|bounds?|param\w*|filters?|requests?|cursors?)\b", re.IGNORECASE
)


def is_on_other_format(clause: Clause, bounds: Collection[str]) -> bool:
    """Return whether a clause is on another field, on an alternative, or on several formats.

    Args:
        bounds: The parameters that send the bounds, in backticks.
    """
    text = clause.text
    is_mixed = _ISO.search(text) and _EPOCH.search(text)
    if _ALTERNATIVE.search(text) or _VERSION.search(text) or is_mixed:
        return True
    names_bound = any(bound in text for bound in bounds)
    return not (names_bound or _ON_BOUNDS.search(text)) and _names_field(clause)


def _names_field(clause: Clause) -> bool:
    """Return whether a clause says of a name that it is a field, or begins with one."""
    names = [m for m in clause.mentions if m.is_field and _NAME.fullmatch(m.text)]
    before = [clause.text[: mention.start] for mention in names]
    return any(_FIELD.search(lead) or not re.search(r"\w", lead) for lead in before)
