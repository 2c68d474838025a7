"""Reads in which format responses are, where nothing else than that is said.

- **Response format**: a ZIP archive of gzipped JSON Lines files      The responses are CSV.
The export endpoint returns newline-delimited JSON.      | events | /export | NDJSON |
"""

import re
from typing import Any, NamedTuple

_JSONL = re.compile(
    r"\b(?:json[- ]?lines?|jsonl|ndjson|(?:new-?line|line)[- ](?:delimited|separated) json)\b"
    r"|\b(?:one|an?) json (?:object|record|document) (?:per|on each|in each) line\b",
    re.IGNORECASE,
)
_FORMATS = {
    "jsonl": _JSONL,
    "csv": re.compile(r"\b(?:csv|comma[- ]separated values)\b", re.IGNORECASE),
    "tsv": re.compile(r"\b(?:tsv|tab[- ]separated values)\b", re.IGNORECASE),
    "xml": re.compile(r"\bxml\b", re.IGNORECASE),
    "json": re.compile(r"\bjson\b", re.IGNORECASE),
}
_ZIP = re.compile(r"\bzip(?:ped)?\b", re.IGNORECASE)
_GZIP = re.compile(r"\b(?:gzip(?:ped)?|gz)\b", re.IGNORECASE)
_GZIP_IN_ZIP = re.compile(
    r"\bzip(?:ped)? (?:archives?|files?)?(?: that contains?| containing| of| with| holding)\b.*\bgz"
    r"|\bgz\w*\b.* in (?:an?|one) (?:single )?zip\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:an?|the|of|with|in|as|that|which|is|are|contains?|containing|holding|plain|text|utf|8"
    r"|files?|archives?|body|documents?|data|format|stream|records?|rows?|lines?|one|single|each"
    r"|per|objects?|compressed|compression|using|by|header|first|sent|returned|values|dates?"
    r"|array|list)",
    re.IGNORECASE,
)
"""Words that say nothing else of a response."""
_LABEL = re.compile(
    r"[\W_]*(?:(?:response|result|data|body|answer|export|output) (?:format|type)|format"
    r"|responses?)[\W_]*:[\W_]*(?P<format>.+)",
    re.IGNORECASE,
)
_NAMED_LABEL = r"(?:[\W_]*[A-Z][\w ]{1,30}[\W_]*:)?"
_SUBJECT = (
    r"(?:(?:the|all|each|every|its|their)\W+)?"
    r"(?P<subject>(?:api )?(?:response|answer)s?(?: body| bodies)?|(?:this )?api"
    r"|(?:endpoint|request|resource|stream)s?|it|they"
    r"|(?P<endpoint>[\w-]+) (?:endpoints?|requests?|resources?|streams?)"
    r"|[`*]+(?P<marked>[^`*]+)[`*]+(?: endpoint| resource| request)?)"
)
_OF_ONE = re.compile(r"it|they|endpoint|request|resource|stream", re.IGNORECASE)
_OF_EACH = re.compile(r"^\W*(?:[\w ]+:\W*)?(?:each|every)\b", re.IGNORECASE)
_SENTENCE = re.compile(
    rf"[\W_]*{_NAMED_LABEL}\W*{_SUBJECT}\W*"
    r" (?:is|are|returns?|comes? as|come in|is returned as|are returned as|delivers?"
    r"|responds? with|answers? with|is sent as|are sent as) (?P<format>.+)",
    re.IGNORECASE,
)
_OF_ITEM = re.compile(r"[^;]{1,80}[,:\u2013\u2014-] (?:it )?returns (?P<format>.+)", re.IGNORECASE)


class ResponseFormat(NamedTuple):
    """What a clause says of responses."""

    title: str
    """As a report names it."""
    decoder: dict[str, Any] | None
    """Empty for plain JSON; None where there are several readings."""
    endpoint: str | None = None
    """A word or a path by which the clause names an endpoint."""
    is_of_name: bool = False
    """Whether that is a marked name without a path, which may be that of a field."""
    is_of_all: bool = False
    """Whether it may be on all responses, not on those of a resource only."""


def read_response_format(clause: str) -> ResponseFormat | None:
    """Read the format that a clause says responses are in; None where it says nothing of it."""
    if sentence := _SENTENCE.fullmatch(clause):
        return _read_sentence(sentence)
    label = _LABEL.fullmatch(clause)
    match = label or _OF_ITEM.fullmatch(clause)
    read = read_format(match["format"]) if match else None
    return read._replace(is_of_all=label is not None) if read else None


def _read_sentence(sentence: re.Match[str]) -> ResponseFormat | None:
    endpoint = sentence["endpoint"] or sentence["marked"]
    is_of_one = _OF_ONE.fullmatch(sentence["subject"]) and not _OF_EACH.search(sentence[0])
    read = read_format(sentence["format"])
    is_of_all = not endpoint and not is_of_one
    is_of_name = bool(sentence["marked"]) and "/" not in sentence["marked"]
    if read is None:
        return None
    return read._replace(endpoint=endpoint, is_of_name=is_of_name, is_of_all=is_of_all)


def read_format(text: str) -> ResponseFormat | None:
    """Read a format, with its compression; None for a text that begins with none."""
    kinds = {kind for kind, pattern in _FORMATS.items() if pattern.search(text)}
    if "jsonl" in kinds and not _FORMATS["json"].search(_JSONL.sub(" ", text)):
        kinds.discard("json")
    special = sorted(kinds - {"json"})
    if not kinds or not (special or _ZIP.search(text) or _GZIP.search(text)):
        return ResponseFormat("JSON", {}) if kinds else None
    title = " or ".join(kind.upper() for kind in special or ["json"])
    if len(kinds) > 1 or _says_more(text):
        return ResponseFormat(title, None)
    decoder = _build_decoder(kinds.pop(), text)
    return ResponseFormat(title, decoder)


def _says_more(text: str) -> bool:
    """Return whether a text has words of something else than formats and their files."""
    rest = text.replace("`", "")
    for pattern in (*_FORMATS.values(), _ZIP, _GZIP):
        rest = pattern.sub(" ", rest)
    return any(not _WORDS.fullmatch(word) for word in re.findall(r"\w+", rest))


def _build_decoder(kind: str, text: str) -> dict[str, Any] | None:
    """Build the decoder of a format; None where its compression may be one of several."""
    is_zip, is_gzip = _ZIP.search(text) is not None, _GZIP.search(text) is not None
    is_unclear = "compress" in text.lower() and not (is_zip or is_gzip)
    if is_unclear or (is_zip and is_gzip and not _GZIP_IN_ZIP.search(text)):
        return None
    named = [name for name, is_used in (("zip", is_zip), ("gzip", is_gzip)) if is_used]
    decoder: dict[str, Any] = {"type": "csv" if kind == "tsv" else kind}
    if kind == "tsv":
        decoder["delimiter"] = "\t"
    return {**decoder, **({"compression": named if named[1:] else named[0]} if named else {})}
