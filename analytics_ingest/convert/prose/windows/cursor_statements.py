"""Finds in a clause which field is the cursor of which resource: ``events by `date` ``.

The names of a clause are resources and fields, in either order.
"""

import re
from collections.abc import Iterator, Sequence

from analytics_ingest.convert.prose.text.mentions import Mention, replace_mentions
from analytics_ingest.convert.prose.text.passages import Clause
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)
from analytics_ingest.convert.prose.words.setting_mentions import is_setting
from analytics_ingest.convert.prose.words.time_names import is_time

_BY = re.compile(
    r"\b(?:incremental(?:ly)?(?: sync\w*| load\w*| field| key| cursor)?|cursor field)\W*"
    r"(?:yes\W+)?(?:only (?:for )?`[^`]+`(?:(?:, (?:and )?| and )`[^`]+`){0,4},? )?"
    r"(?:is |are )?(?:based )?(?:on|by|via|with|using|is|are|of)?\W*"
    r"(?:the (?:field )?)?$",
    re.IGNORECASE,
)
"""What is right before the name of any cursor; elsewhere it must be that of a time."""
_IS_CURSOR = re.compile(
    r"[^`.;]{0,60}?\b(?:is|are|as|serves?|acts?)\b[^`.;]{0,20}\bcursor field\b", re.IGNORECASE
)
"""What follows the name of a cursor."""
_SERVES = re.compile(
    r"(?: (?:time ?stamp|date|time|moment|field|column|value|property|attribute)\b)?"
    r"(?: of (?:each|every|the|a) \w+)?(?: ?\([^()`]{0,60}\))?,?"
    r"(?: (?:which|that|and|it|this)\b){0,2} (?:is|are|as|serves?|acts?|being)\b"
    r"(?: (?:as|used|the|its|their|an?|also|again|likewise|here|therefore|thus|always)\b){0,4}"
    r"(?: incremental)?"
    r" cursors?\b"
    r"(?! (?:of|for|to|on|in) (?:the |each |every |an? )?(?:next|first|last|pag|list|req|resp))",
    re.IGNORECASE,
)
"""What follows the name of a time that is a cursor."""
_BUT = re.compile(
    r"[^,;]{0,60}?\b(?:not|never|cannot|unreliable|unsupported)\b"
    r"|\W*(?:of|for) (?:the |an? )?(?:API|change|event|feed|stream|queue|UI)\b",
    re.IGNORECASE,
)
"""What follows a name that is not the cursor of rows after all."""
_OF = re.compile(r"\b(?:of|for) (?:the |all )?$", re.IGNORECASE)
_LABEL = re.compile(r"[\W_]*(?:incremental\w*|cursor)(?: \w+)?[\W_]*:", re.IGNORECASE)
_CARRIES = re.compile(r"\b(?:carry|carries|has|have|bears?|holds?|contains?) (?:an? |the )?$", re.I)
_AGAIN = re.compile(
    r"\b(?:also|likewise) (?:with|by|on|via|ha(?:s|ve)|carr(?:y|ies)) (?:the )?$", re.I
)
_CHOICE = re.compile(r"\bor (?:the )?$", re.I), re.compile(r",? or\b", re.I)
"""What is before and after one of several names."""
OF_PAGES = re.compile(r"cursor|next|page|token|offset|after|before", re.IGNORECASE)
"""What is in the name of a cursor of pages, which is not one of rows."""
_CONNECTS = re.compile(
    r"\b(?:uses?|used|using|by|via|based on|is|are|incremental\w*(?: fields?| keys?| on)?"
    r"|cursors?(?: (?:fields?|columns?))?|(?:on|by) (?:it|this|that field)"
    r"|cursors?(?: \w+)? (?:of|for) (?:(?:x|and|the|all|rows|records)\W+){1,9}"
    r")\W*(?:(?:the|field) )*$",
    re.IGNORECASE,
)
"""What is right before the cursor of what was named."""
_ON_PAGES = re.compile(r"\bpag(?:es?|ed|ing|inat\w+)\b|\bunlike\b|\bencod\w+\b", re.IGNORECASE)
_NEVER = re.compile(r"\bnever changes?\b(?: and)?|,? ?\b(?:too|as well|also)\b", re.IGNORECASE)
_PARAMETER = re.compile(
    r"\b(?:param\w*|filter\w*|quer\w+|sends?|sent|headers?|restrict\w*|limit\w*|between|sort\w*"
    r"|order\w*)\b[^`]{0,40}$",
    re.IGNORECASE,
)
"""What is before a name that is sent, and is not a field."""


def has_other_owner(clause: Clause, names: Sequence[str]) -> bool:
    """Return whether a clause ends with the resource that its fields are of: `that of users`."""
    fields = [mention for mention in clause.mentions if not mention.resource]
    last = fields[-1].end if fields else 0
    owners = [m for m in clause.mentions if m.start >= last and _OF.search(clause.text[: m.start])]
    return any(mention.resource not in names for mention in owners)


def pair_cursors(clause: Clause) -> Iterator[tuple[str, str]]:
    """Yield each resource of a clause with its cursor."""
    pairs = clause.pair() if len(clause.text) <= MOST_CHARACTERS else ()
    for names, fields in pairs:
        cursor = _find_cursor(clause, fields)
        if cursor and not has_other_owner(clause, names):
            yield from ((name, cursor) for name in names)


def pair_same_cursor(clause: Clause, last: str | None) -> Iterator[tuple[str, str]]:
    """Yield each resource of a clause that `also has` the time that was the last cursor named."""
    times = [mention for mention in clause.mentions if not mention.resource]
    if last and [mention.name for mention in times] == [last]:
        before = _strip(clause, times[0])
        if _AGAIN.search(before) and _is_stated(clause.text, times[0]):
            yield from ((name, last) for name in clause.subjects)


def _find_cursor(clause: Clause, fields: Sequence[Mention]) -> str | None:
    """Find the field that is stated as a cursor: named as one, else the only one of a time."""
    stated = [field for field in fields if _is_stated(clause.text, field)]
    named = [field.name for field in stated if _is_named(clause.text, field)]
    if named:
        return named[0]
    times = [f for f in stated if is_time(f.name) and not _PARAMETER.search(_strip(clause, f))]
    is_clear = len({f.name for f in times}) == 1 and _is_connected(clause, times[0])
    return times[0].name if is_clear else None


def _is_named(text: str, field: Mention) -> bool:
    """Return whether a clause calls a field the cursor."""
    before, after = _read_before(text, field), _NEVER.sub("", text[field.end :])
    serves = _SERVES.match(after) if is_time(field.name) and not _ON_PAGES.search(text) else None
    serves = serves and not _BUT.match(after, serves.end())
    return bool(serves or _BY.search(before) or _IS_CURSOR.match(after))


def _is_stated(clause: str, mention: Mention) -> bool:
    """Return whether a clause states something of a name, and does not deny it."""
    before, after = _read_before(clause, mention), clause[mention.end :]
    name = re.fullmatch(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*", mention.name)
    is_name = name is not None and not OF_PAGES.search(mention.name)
    is_denied = re.match(r"\W*\b(?:is|are|was|were) (?:not|never|no)\b", after)
    is_choice = _CHOICE[0].search(before) or _CHOICE[1].match(after)
    is_denied = is_denied or is_choice
    is_denied = is_denied or is_setting(clause, mention.start, mention.end)
    return is_name and not is_denied and is_statement(before) and not is_conditional(before)


def _is_connected(clause: Clause, field: Mention) -> bool:
    """Return whether words connect a field with what is before it: `users use`, `orders by`."""
    before = _NEVER.sub("", _strip(clause, field))
    carries = _LABEL.match(clause.text) and _CARRIES.search(before)
    return not _ON_PAGES.search(before) and bool(carries or _CONNECTS.search(before))


def _strip(clause: Clause, field: Mention) -> str:
    """Return what a clause says before a name, without other names."""
    names = [m for m in clause.mentions if m.end <= field.start and m is not field]
    return replace_mentions(clause.text[: field.start], names, "x")


def _read_before(clause: str, mention: Mention) -> str:
    return _NEVER.sub("", clause[: mention.start])
