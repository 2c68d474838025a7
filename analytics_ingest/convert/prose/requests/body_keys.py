"""Reads whether a document's prose says that the key is sent in the body of requests.

The API key is sent in the JSON body as `apiKey`     Location: request body, field `apiKey`
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.prose.requests.connections import (
    is_clear_login,
    is_of_all_requests,
    is_on_auth,
)
from analytics_ingest.convert.prose.requests.sent_places import iterate_places

_LABEL = re.compile(
    r"^[^\w`]*(?:(?:auth\w*|key|token|api key) )?"
    r"(?:location|placement|place|position|sent (?:in|via)|injected (?:in|into|via))\W*:\W*",
    re.IGNORECASE,
)
"""What is before the place of a key that its line does not name."""
_QUOTED_PLACE = re.compile(r"`((?:(?:request|json|form|post)[ _-])?(?:body|payload))`", re.I)
_QUOTED_KEY = re.compile(r"`(?:api_?)?key`", re.IGNORECASE)
_MARKED = re.compile(r"`[^`]*`")
_KEY = re.compile(r"\bkeys?\b", re.IGNORECASE)
_KEY_OR_TOKEN = re.compile(rf"{_KEY.pattern}|\btokens?\b", re.IGNORECASE)
_OTHER_KEY = re.compile(
    r"\b(?:primary|foreign|unique|sort|cursor|partition|idempotency|page|sync|continuation|next)"
    r"[ _-](?:keys?|tokens?)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|never|no|without|instead|rather)\b|n't\b", re.IGNORECASE)
_NAME = r"`(?P<name>[A-Za-z][\w.-]*)`"
_BEHIND = re.compile(rf"^[^.`;]{{0,40}}?{_NAME}")
_BEFORE = re.compile(
    rf"(?:\b(?:as|by|under|named|called|field|parameter|property|attribute) (?:the )?"
    rf"(?:(?:field|parameter|property|attribute) )?|^\W*){_NAME}"
)
_FIELD = re.compile(
    r"^[^\w`]*(?:(?:body|key|json|form) )?(?:field|parameter|property|attribute|key)(?: name)?"
    rf"\W*?:\W*?{_NAME}\W*$",
    re.IGNORECASE,
)
"""A line of its own that names the field of the key."""


class BodyPlace(NamedTuple):
    """Where in the body of requests the key is."""

    name: str
    """Empty where no sentence names the field."""
    is_form: bool


def read_body_places(document: Document) -> list[BodyPlace]:
    """List the places in the body of requests at which sentences put the key; each once."""
    places = [
        place
        for line in document.lines
        if not line.is_heading and is_of_all_requests(line)
        for sentence in ([_join(line)] if line.cells else line.sentences)
        for place in _read_sentence(sentence, line)
    ]
    is_form = any(place.is_form for place in places)
    names = [place.name for place in places if place.name]
    names = names or ([name for line in document.lines if (name := _read_field(line))])
    return [BodyPlace(name, is_form) for name in dict.fromkeys(names or [""])] if places else []


def _join(line: Line) -> str:
    """Return a row of a table as a line with a label; other lines as they are."""
    return ": ".join(line.cells) if line.cells else line.text


def _read_field(line: Line) -> str:
    match = _FIELD.match(_join(line)) if is_on_auth(line) else None
    return match["name"] if match else ""


def _read_sentence(sentence: str, line: Line) -> Iterator[BodyPlace]:
    if not is_clear_login(sentence) or _OTHER_KEY.search(sentence):
        return
    key = _KEY_OR_TOKEN if is_on_auth(line) else _KEY
    text = _QUOTED_PLACE.sub(lambda match: match[1].replace("_", " "), sentence)
    if is_on_auth(line):
        text = _LABEL.sub("The key is in ", text)
    for place, behind in iterate_places(text):
        plain = _MARKED.sub("`_`", _QUOTED_KEY.sub("key", place.text))
        is_of_key = place.is_body and place._replace(text=plain).holds(key)
        if not is_of_key or _DENIED.search(plain):
            continue
        near = _BEHIND.match(behind) if place.is_before else None
        match = near or _BEFORE.search(place.text)
        yield BodyPlace(match["name"] if match else "", place.is_form)
