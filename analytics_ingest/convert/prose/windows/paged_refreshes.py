"""Removes from a clause on a full refresh how the listings are paged, which is not a part of it.

read in full with offset-based pagination     All listings use pagination and are fully refreshed
"""

import re

_PAGED = re.compile(
    r"(?<=in full),? (?:page (?:by|after) page\b|(?:with|using|via|through|by) (?:the |an? )?"
    r"(?:[\w-]*(?:page|offset|cursor|token|number|limit|link|based)[\w-]*(?: and | or | )){0,4}"
    r"pag(?:ination|ing)\b)",
    re.IGNORECASE,
)
_REFRESH = re.compile(r"refresh|incremental|\bsync", re.IGNORECASE)
"""What a cue has that cannot mean how the pages of a listing are read."""
_ON_PAGES = re.compile(
    r"\b(?:pag(?:es?|ed|ing|inat\w+)|next|tokens?|returned|response)\b", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:is|are|has|have|us(?:es?|ing)|supports?|takes?|returns?|gets?)\b", re.IGNORECASE
)
_JOINT = re.compile(r",? (?:and|but|with|using|via|through) |[,;] ", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:then |always |also |only )*(?:is|are|has|have|do|does)\b", re.IGNORECASE)
"""What begins another statement on the same subject."""


def remove_paging(text: str, refresh: re.Pattern[str]) -> str:
    """Return a text without what it says of pages besides, unless these are what it is about.

    Args:
        refresh: What says that something is read in full.
    """
    text = _PAGED.sub("", text)
    cue, verb = refresh.search(text), _VERB.search(text)
    if not (cue and verb and _REFRESH.search(cue[0])):
        return text
    joints = list(_JOINT.finditer(text))
    start = max((joint.end() for joint in joints if joint.end() <= cue.start()), default=0)
    end = min((joint.start() for joint in joints if joint.start() >= cue.end()), default=len(text))
    if start and (start < verb.end() or not _GOES_ON.match(text, start)):
        return text
    between = _ON_PAGES.sub("", text[verb.end() : start]) if start else ""
    head = text[: verb.end()] if start else ""
    return f"{head}{between}{text[start:end]}{_ON_PAGES.sub('', text[end:])}"
