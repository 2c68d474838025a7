"""Finds clauses that make a row of names in one list and values in another.

the names in `headers[*].name` are combined with the values in `rows[*].values[*]`
"""

import re

from analytics_ingest.convert.prose.text.sentences import is_on_other_source, is_statement

_MARK = re.compile(r"`([^`]{1,80})`")
_NAMES = re.compile(r"(?:headers?|names?|columns?|keys|labels|titles)(?![a-z])", re.IGNORECASE)
_VALUES = re.compile(r"(?:values?|cells?|arrays?|rows?|tuples?)(?![a-z])", re.IGNORECASE)
_COMBINES = re.compile(
    r"\b(?:is|are|be)\b(?: \w+){0,3}? (?:combined|zipped|paired|matched|mapped|merged|joined"
    r"|assembled|transposed|pivoted|put together)\b"
    r"|\b(?:combin|zipp?|pair|match|mapp?|merg|assembl|transpos|pivot)(?:e?s|ing)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"\b(?:with|to|onto|into|by|from|and)\b", re.IGNORECASE)
_ON_REQUESTS = re.compile(
    r"\b(?:requests?|parameters?|query|sent|urls?|paths?|authenticat\w+|signed|cursors?|pages?"
    r"|paging|primary key|http|errors?|tables?)\b",
    re.IGNORECASE,
)
_LEAST = 2


def list_combined(clause: str) -> tuple[str, ...]:
    """List what a clause marks if it combines names and values of two lists; else nothing."""
    marks = tuple(dict.fromkeys(_MARK.findall(clause)))
    words = _MARK.sub(" ", clause)
    combined = _COMBINES.search(words)
    is_said = combined and _LINK.search(words[combined.end() :])
    if not is_said or len(marks) < _LEAST or not is_statement(words):
        return ()
    # One mark is of names and another of values, or a list's items are.
    of_names = {mark for mark in marks if _NAMES.search(mark)}
    of_values = {mark for mark in marks if _VALUES.search(mark) or "[" in mark}
    is_of_both = bool(of_names) and bool(of_values - of_names or len(of_values) > 1)
    is_worded = _NAMES.search(words) and _VALUES.search(words)
    is_elsewhere = _ON_REQUESTS.search(words) or is_on_other_source(words)
    return marks if is_of_both and is_worded and not is_elsewhere else ()
