"""The words for the types of fields, each under the name that a schema file has for it."""

import re

TYPES = {
    "timestamp": r"date-?_?\s?time|timestamp(tz)?|iso\W?8601",
    "date": r"date",
    "boolean": r"bool(ean)?",
    "integer": r"int(eger|64|32)?|bigint|long",
    "number": r"number|float|double|numeric|decimal|money|currency",
    "array": r"array|list",
    "object": r"object|json|map|dict(ionary)?|struct",
    "string": r"string|text|str|varchar|char|uuid|guid|enum|email|ur[il]",
}
"""The first that is named wins: `String, date-time` is a timestamp."""

_TYPE = (
    r"(?:(?:nullable|optional|required|nested|simple|iso|unix) )?"
    rf"(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in TYPES.items())})(?P<plural>s)?"
    rf"(?: of (?:{'|'.join(TYPES.values())})s?)?(?: \([^()]*\))?"
)
_ONE_TYPE = re.compile(_TYPE, re.IGNORECASE)
_BETWEEN = re.compile(r",? (?:and|or) |\s*[,/]\s*(?![^()]*\))")
_LEAST = 2


def lists_types(text: str) -> bool:
    """Return whether a text lists types, and no field: strings, integers and objects.

    `string or number` is the type of one field.
    """
    first = re.split(r"[.;](?:\s|$)", text.strip(" *_"), maxsplit=1)[0]
    matches = [_ONE_TYPE.fullmatch(part) for part in _BETWEEN.split(first)]
    terms = [match for match in matches if match]
    kinds = {kind for match in terms for kind in TYPES if match[kind]}
    return len(terms) == len(matches) and len(kinds) >= _LEAST and any(m["plural"] for m in terms)
