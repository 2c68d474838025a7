"""Pairs a value of the answer with the parameter that sends it back, where the document names both.

A cursor need not be called one: `next_stream_position` is sent back as `stream_position`, and a
description says that `search_after` takes `next_page_cursor`.
"""

import re
from dataclasses import replace

from analytics_ingest.convert.openapi.answer_marks import Mark, is_next
from analytics_ingest.convert.openapi.operations import Operation, Parameter
from analytics_ingest.convert.openapi.paging_names import CURSORS
from analytics_ingest.convert.openapi.words import to_plain

_BACKWARDS = re.compile(r"before|prev|end", re.IGNORECASE)
_HOLDERS = re.compile(r"pag(e|ing|ination)|cursor|^meta$|metadata$", re.IGNORECASE)


def pair_token(
    operation: Operation, marks: list[Mark], known: Parameter | None
) -> tuple[Parameter, Mark] | None:
    """Return the parameter and the value that the document pairs.

    Args:
        known: The parameter that is called a cursor; no description makes another one of it.
    """
    tokens = [mark for mark in marks if mark.shape.is_scalar and "string" in mark.shape.types]
    for parameter in filter(_is_sender, operation.parameters):
        for mark in tokens:
            if _are_named_alike(parameter, mark) or (not known and _is_described(parameter, mark)):
                return parameter, replace(mark, is_token=True)
    return None


def _is_sender(parameter: Parameter) -> bool:
    shape = parameter.shape
    is_text = "string" in shape.types and shape.is_scalar and not shape.enum
    is_moment = shape.format in ("date", "date-time")
    is_sent = parameter.place in ("query", "body") and "." not in parameter.name
    is_backwards = _BACKWARDS.search(parameter.name) is not None
    return is_sent and is_text and not (is_moment or parameter.is_required or is_backwards)


def _are_named_alike(parameter: Parameter, mark: Mark) -> bool:
    own, name = to_plain(parameter.name), to_plain(mark.path[-1])
    if name == own in CURSORS:  # an answer may repeat what it was asked for
        return any(_HOLDERS.search(part) for part in mark.path[:-1])
    return name == f"next{own}"


def _is_described(parameter: Parameter, mark: Mark) -> bool:
    return is_next(mark) and (
        _names(parameter.description, mark.path[-1]) or _names(mark.description, parameter.name)
    )


def _names(text: str, name: str) -> bool:
    """Return whether a text names a value, which a word of the language alone does not."""
    is_word = name.isalpha() and name.islower()
    edge = "[`'\"]" if is_word else r"\b"
    return re.search(f"{edge}{re.escape(name)}{edge}", text) is not None


def rank(mark: Mark, sender: Parameter) -> tuple[bool, bool]:
    """Return how well a value fits a parameter: best if called the next, then by its name."""
    names = [to_plain(part) for part in mark.path]
    return not any("next" in name for name in names), to_plain(sender.own_name) not in names[-1]


def is_token(parameter: Parameter) -> bool:
    """Return whether a position is a text that only an answer gives."""
    is_text = parameter.shape.types == ("string",)
    return is_text and re.search(r"token|cursor|opaque", parameter.description, re.I) is not None
