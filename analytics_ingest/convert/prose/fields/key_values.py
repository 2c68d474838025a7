"""Reads the fields of a primary key behind a label or in a cell: `uid`, or `a` and `b`."""

import re

from analytics_ingest.convert.prose.words.field_types import find_type

_ITEM = r"[`\"'*]*[A-Za-z_][\w.]*[`\"'*]*"
QUOTED = r"[`*]+[A-Za-z_][\w.]*[`*]+"
AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+(?:together with|plus)\s+|\s*[+&]\s*)"
_COMPOSITE = re.compile(r"^[\W_]*(?:composite|compound)\b(?: key)?(?: of)?[\s:(]*", re.IGNORECASE)
_VALUE = re.compile(rf"[\W_]*?(?P<names>{_ITEM}(?:{AND}{_ITEM})*)(?P<rest>.*)", re.IGNORECASE)
_MARKED_VALUE = re.compile(rf"[\W_]*?(?P<names>{QUOTED}(?:{AND}{QUOTED})*)(?P<rest>.*)", re.I)
"""The same, where words follow: `` `t`, the start of the hour ``."""
_NOTE_ON_KEYS = re.compile(r"\([^()]*\bkeys?\b[^()]*\)", re.IGNORECASE)
_NOTE = re.compile(r"\([^()]*\)")
_END = re.compile(r"\W*$|\s+(?:together|combined)\W*$|\s*[,;.\u2013\u2014-]\s[^`]*$")
OF_ANOTHER = re.compile(
    r"\b(no|not|never|without|lacks?|neither|nor|foreign|parent\w*|referenc\w+|refers?|instead|"
    r"unlike|except|was|were|other|another|type)\b|n't\b",
    re.IGNORECASE,
)
_STATED = r"(?:available|applicable|defined|declared|configured|specified|stated|set|given)"
_NO_KEY = re.compile(
    rf"[\W_]*(?:(?:none|null|n/?a|no (?:primary )?key|undefined)(?: (?:is )?{_STATED})?"
    rf"|not {_STATED})?[\W_]*",
    re.IGNORECASE,
)
_NO_NAMES = (
    "none",
    "null",
    "n",
    "na",
    "no",
    "not",
    "unknown",
    "undefined",
    "yes",
    "true",
    "unique",
    "see",
    "composite",
)


def read_key_value(text: str) -> tuple[str, ...]:
    """Read the fields behind a label; none where it says something else."""
    said = _NOTE_ON_KEYS.sub("", text)
    listed = _NOTE.sub("", _COMPOSITE.sub("", said)).strip()
    values = [pattern.fullmatch(listed) for pattern in (_VALUE, _MARKED_VALUE)]
    value = next((match for match in values if match and _END.fullmatch(match["rest"])), None)
    if value is None or OF_ANOTHER.search(said):
        return ()
    names = split_names(value["names"])
    is_quoted = any(mark in value["names"] for mark in "`\"'*")
    is_type = not is_quoted and any(find_type(name) for name in names)
    if (
        any(name.lower() in _NO_NAMES for name in names)
        or is_type
        or (value["rest"].strip(" .") and not is_quoted)
    ):
        return ()
    return names


def denies_key(text: str) -> bool:
    """Return whether what is behind a label says that there is no key, and nothing else."""
    return bool(text.strip(" *_`")) and _NO_KEY.fullmatch(text) is not None


def split_names(names: str) -> tuple[str, ...]:
    return tuple(name.strip("`\"'* ") for name in re.split(AND, names))
