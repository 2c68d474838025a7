"""Parts a line on all resources that gives some of them another value.

- **Primary Key**: `id` for all resources, except `activity`, which uses `guid`
All resources but `users` (`uid`) use `id` as the key.      The page size is 100, but 50 for `logs`.

Each value becomes a line of its own, on those resources, so that every reader of a key, a cursor, a
selector, a method or a size sees nothing but a plain statement.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)

_SENTENCE_ENDS = re.compile(r"(?<=\.)\s+(?=[A-Z`*])")
_AND = r"(?:, and |, | and | & )"
_ONE = r"(?:[#%][a-z]|\b(?:GET|POST|PUT|PATCH)\b|(?<![\w.])\d{1,6}(?![\w.]*\d))"
_VALUE = rf"(?:#[a-z](?:{_AND}#[a-z])+|{_ONE})"
_NAMES = (
    rf"(?P<names>(?:the )?@[a-z](?:{_AND}(?:the )?@[a-z])*)(?: (?:resources?|streams?|endpoints?))?"
)
_EXCEPT = (
    r"(?:[\s,;(]+|^)(?i:except(?:ing)?|with the exception|other than|besides|apart from"
    rf"|but(?: not)?|unlike)(?i: for| of| in)? {_NAMES}"
)
_WORDS = r"(?: [a-z]+){0,7}"
_RELATIVE = rf",? (?:which|that|whose|where|with|by|there){_WORDS} "
_END = rf"(?P<tail>{_WORDS}?)(?=,? (?:and|or) (?:the )?@|[.;,)]|$),?\)?"
_OTHERWISE = r"(?:[,;(]\s*(?:(?:but|and|or|with) )?| (?:but|and) |(?<=:) |(?<=:\*\*) )"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_EXCEPT}(?P<link>{_RELATIVE}|: )(?P<value>{_VALUE}){_END}",
        rf"{_EXCEPT},? \((?P<link>(?:[a-z]+ ){{0,7}})(?P<value>{_VALUE})(?P<tail>{_WORDS})\),?\)?",
        rf"{_OTHERWISE}(?P<value>{_ONE})(?P<link>(?: is used)?) (?:for|in|of|on) {_NAMES}"
        r"(?P<tail>(?: only)?)(?:\)|(?=,? (?:and|but) [#%]|[,.;]|$))",
        rf"{_OTHERWISE}(?:for|in|of|on) {_NAMES},?(?P<link>{_WORDS} )(?P<value>{_VALUE}){_END}",
        rf"(?:[,;(]\s*| )(?:but|while|whereas) {_NAMES}(?P<link>{_WORDS} )"
        rf"(?P<value>{_VALUE}){_END}",
        rf",? and {_NAMES} (?P<link>)\((?P<value>{_VALUE})\)(?P<tail>),?\)?",
    )
)
"""The last one goes on with the one before."""
_UNSAID = re.compile(
    rf"{_EXCEPT}(?:,? (?:which|that) (?:has|have) (?:none|no (?:primary )?key)| \(none\))?"
    r"(?!,? (?:which|that|whose|where|with|by)\b),?\)?(?=[\s.;]|$)"
)
_LINK = re.compile(
    r"which|that|whose|where|there|it|they|its|their|the|is|are|uses?|used|using|ha(?:s|ve)|with|by"
    r"|as|an?|in|on|from|takes?|sends?|of|only|instead|field|parameter|value|called|named|for|this"
    r"|these|ones|records?|resources?|own"
)
"""A word between a resource and its value that says nothing more."""
_OF_KEYS = frozenset(("key", "keys", "keyed", "identified", "primary"))
_OF_ALL = r"(?:all|each|every|both)(?: (?:of|the|these|other))*"
_NOUN = r"(?:resource|stream|endpoint|table|listing)s?\b"
_FOR_ALL = re.compile(rf" (?:for|of|in|on|by) {_OF_ALL}(?: {_NOUN}|(?=\s*(?:$|[.,;:)])))", re.I)
_ALL = re.compile(rf"\b{_OF_ALL} {_NOUN}", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(?:most\w*|some|several|usually|many|typically|generally|often)\b|@", re.IGNORECASE
)
_LABEL = re.compile(r"\W*(?P<label>[\w ]{1,40}?)\W*:[\s*]*")


@dataclass(frozen=True)
class _Masked:
    """A sentence in which letters stand for its names."""

    text: str
    marks: dict[str, str] = field(default_factory=dict)
    """What stands for a name → as it is written."""
    owners: dict[str, str] = field(default_factory=dict)
    """What stands for a resource → the resource."""

    def write(self, text: str) -> str:
        """Write a part of the sentence as it was."""
        return re.sub(r"[#%@][a-z]", lambda match: self.marks[match[0]], text)


@dataclass(frozen=True)
class _Exceptions:
    """What a sentence says of all resources, and of some."""

    head: str
    values: dict[str, str]
    """Resource → its value; empty where it is not said."""


def part_exceptions(
    line: Line, scope: Sequence[str], resources: Collection[str]
) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """Yield a line with what it is about; one with exceptions, once for each value."""
    names = scope or tuple(resources)
    is_prose = not (line.is_heading or line.cells) and len(line.text) <= MOST_CHARACTERS
    sentences = _SENTENCE_ENDS.split(line.text) if is_prose and len(names) > 1 else []
    for number, sentence in enumerate(sentences):
        masked = _mask(sentence, resources)
        parted = _part(masked) if masked else None
        if masked and parted and {*parted.values} <= {*names}:
            if rest := " ".join(sentences[:number] + sentences[number + 1 :]):
                yield replace(line, text=rest), tuple(scope)
            for text, of in _write_out(masked, parted, names):
                yield replace(line, text=text), of
            return
    yield line, tuple(scope)


def _mask(sentence: str, resources: Collection[str]) -> _Masked | None:
    """Put letters in the place of names; None where there are none to part by."""
    mentions = [m for m in find_mentions(sentence, resources) if m.resource or m.mark == "code"]
    is_short = len(mentions) <= len(ascii_lowercase) and not re.search("[#@%]", sentence)
    if not is_short or not any(m.resource for m in mentions):
        return None
    masked, text, end = _Masked(""), "", 0
    for letter, mention in zip(ascii_lowercase, mentions, strict=False):
        if mention.start < end:
            return None  # One mark lists several names.
        is_name = mention.is_field or mention.text == "$"
        token = f"{'@' if mention.resource else '#' if is_name else '%'}{letter}"
        masked.marks[token] = sentence[mention.start : mention.end]
        _note_owner(masked, token, mention)
        text += f"{sentence[end : mention.start]}{token}"
        end = mention.end
    return replace(masked, text=re.sub(r"\*\*(?=@)|(?<=@[a-z])\*\*", "", text + sentence[end:]))


def _note_owner(masked: _Masked, token: str, mention: Mention) -> None:
    if mention.resource:
        masked.owners[token] = mention.resource


def _part(masked: _Masked) -> _Exceptions | None:
    """Take the exceptions out of a sentence; None unless the rest is on all others."""
    text, values = masked.text, dict[str, str]()
    while match := next(filter(None, (form.search(text) for form in _FORMS)), None):
        head = _clean(f"{text[: match.start()]} {text[match.end() :]}")
        names = [masked.owners[each] for each in re.findall(r"@[a-z]", match["names"])]
        if not _is_plain(match, head) or values.keys() & {*names}:
            return None
        values |= dict.fromkeys(names, match["value"])
        text = head
    if not values and (match := _UNSAID.search(text)) and re.search(r"(?i)primary key", text):
        text = _clean(f"{text[: match.start()]} {text[match.end() :]}")
        values = {masked.owners[each]: "" for each in re.findall(r"@[a-z]", match["names"])}
    is_clear = values and _is_on_all(text, [value for value in values.values() if value])
    return _Exceptions(text, values) if is_clear else None


def _clean(text: str) -> str:
    return re.sub(r"\s+(?=[.,;]|$)", "", re.sub(r"\(\s*\)|\s+", " ", text)).strip()


def _is_plain(match: re.Match[str], head: str) -> bool:
    """Return whether the words around a value only repeat what the head says."""
    words = {*re.findall(r"[a-z]+", f"{match['link']} {match['tail']}")}
    said = {*re.findall(r"[a-z]+", head.lower())}
    known = said | (_OF_KEYS if said & _OF_KEYS else frozenset[str]())
    is_known = all(_LINK.fullmatch(word) for word in words - known)
    return is_known and is_statement(head) and not is_conditional(head)


def _is_on_all(head: str, values: Sequence[str]) -> bool:
    """Return whether a head has one value of the kind of the others, and is on no resource."""
    if _VAGUE.search(head) or len({_find_kind(value) for value in values}) > 1:
        return False
    own = re.findall(_VALUE, head)
    if values and not own and _LABEL.fullmatch(head):
        return not _is_list(head)
    kind = _find_kind(values[0]) if values else "#"
    same = [value for value in own if _find_kind(value) == kind]
    is_several = len(same) == 1 and same[0].count("#") > 1
    return len(same) == 1 and not _is_list(head) and (not is_several or "key" in head.lower())


def _is_list(head: str) -> bool:
    """Return whether a label is that of a list of names: its values are not one of each."""
    label = _LABEL.match(head)
    is_plural = label is not None and label["label"].lower().endswith("s")
    return is_plural and "key" not in head.lower()


def _find_kind(value: str) -> str:
    return value[0] if value[0] in "#%" else "9" if value[0].isdigit() else "A"


def _write_out(
    masked: _Masked, parted: _Exceptions, names: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the sentences of all others, and of each value."""
    head = _ALL.sub(_write_records, _FOR_ALL.sub("", parted.head))
    kinds = {_find_kind(value) for value in parted.values.values() if value} or {"#"}
    values = [match for match in re.finditer(_VALUE, head) if _find_kind(match[0]) in kinds]
    start, end = values[0].span() if values else (len(head), len(head))
    if values:
        yield masked.write(head), tuple(name for name in names if name not in parted.values)
    for value in dict.fromkeys(parted.values.values()):
        of = tuple(name for name, each in parted.values.items() if each == value)
        said = f"{head[:start]}{'' if values else ' '}{value}{head[end:]}"
        yield masked.write(said if value else f"Primary key: another than {head[start:end]}"), of


def _write_records(match: re.Match[str]) -> str:
    is_one = match[0].lower().startswith(("each", "every"))
    return "Each record" if is_one else "All records"
