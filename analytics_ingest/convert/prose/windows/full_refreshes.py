"""Finds in a clause which resources are read in full, without a cursor."""

import re
from collections.abc import Collection, Sequence

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.responses.single_objects import find_objects
from analytics_ingest.convert.prose.text.line_subjects import list_resources
from analytics_ingest.convert.prose.text.mentions import (
    Mention,
    find_mentions,
    list_excepted,
    replace_mentions,
    speaks_of_all,
    speaks_of_rest,
)
from analytics_ingest.convert.prose.text.passages import Clause
from analytics_ingest.convert.prose.text.sentences import is_statement
from analytics_ingest.convert.prose.windows.cursor_statements import pair_cursors
from analytics_ingest.convert.prose.windows.paged_refreshes import remove_paging

_FULL = re.compile(
    r"\bfull(?:y)?[ -]refresh(?:e[sd])?\b"
    r"|\b(?:read|loaded|fetched|synchronized|synced|retrieved|extracted|reloaded|requested|refreshed)"
    r" (?:\w+ )?(?:in full|completely|entirely|fully|whole|as a whole|in (?:its|their) entirety)\b"
    r"|\b(?:read|load|fetch|refresh)s? (?:them|it|everything|all(?: \w+)?) (?:completely|in full)\b"
    r"|\bfull (?:loads?|reloads?|sync(?!hronous)\w*|imports?|extracts?|extractions?|snapshots?)\b"
    r"|\b(?:load|read|fetch|request|import)ed (?:anew|afresh|from scratch)\b"
    r"|\b(?:reloaded|re-?read|loaded again|read again|replaced|refreshed)(?: as a whole| \w+)?"
    r"(?: (?:with|by|on|in|at|during))? (?:each|every) (?:load|run|sync|time)\b"
    r"|\bno (?:such|cursor|incremental|date|time ?stamp) fields?\b"
    r"|\bno incremental (?:sync|load|refresh|replicat|extract|read)\w*\b"
    r"|\b(?:no|neither|not an?) (?:modification|change|update|last[- ]modified) (?:date|time)s?\b"
    r"|\bno (?:date|time) of (?:the )?(?:last )?(?:change|modification|update)\b"
    r"|(?<!\w )\bno windows?\b(?=\W*$|[,;])|\b(?:has|have|takes?) no windows?\b(?=\W*$|[,;])"
    r"|\bno (?:cursors?|time ?stamps?)\b(?! fields?\b)"
    r"|\bnone of (?:the|these) \w+ (?:has|have|supports?) (?:an? )?(?:cursor|incremental)\b"
    r"|\b(?:does|do|can)(?: not|n't) support incremental\b(?! sync\w* (?:by|on|with)\b)"
    r"|\bnot (?:synced )?incremental(?:ly)?\b(?! (?:by|on|with|via)\b)",
    re.IGNORECASE,
)
_NO_CURSOR = re.compile(
    r"[\W_]*|[\W_]*(?:no|none|null|n/?a"
    r"|full(?:[ -](?:refresh|load|reload|sync|table|snapshot)\b|(?! \w))"
    r"|not (?:supported|available|possible|used|needed))\b"
    r"(?! (?:param|filter|server|way|need))[^`]{0,60}",
    re.IGNORECASE,
)
"""What stands for the cursor of a resource that has none."""
_LABEL = re.compile(
    r"[\W_]*(?:incremental\w*(?: \w+)?|cursor field|replication key|(?:sync\w*|load\w*) mode)"
    r"[\W_]*:(?P<value>[^`]*)",
    re.IGNORECASE,
)
_NO_FULL = re.compile(
    r"\b(?:first|initial|once|weekly|monthly|optional\w*|may|might|could|would|should|if|unless"
    r"|avoid\w*|never|instead|only when|used to|previously|formerly|response|body|file|row"
    r"|before|after|when|path|connector|need\w*|run an?|other than|besides|apart from|except"
    r"|takes? (?!no)|lasts|hours?|minutes|slow\w*|on (?:request|demand)"
    r"|pag(?:es?|ed|ing|inat\w+)|next|tokens?|returned)\b",
    re.IGNORECASE,
)
_MODE = re.compile(
    r"(?P<before>\b(?<!\bcan )(?<!\bcan be )(?:synchroni[sz]ed|synced|loaded|read|fetched"
    r"|extracted|requested|retrieved|imported|replicated|runs?|works?|operates?|uses?)"
    r"(?: only| always| just)? (?:(?:in|with|using|by|as) )?(?:an? |the )?full[ -]refresh"
    r"|^\W*full[ -]refresh(?=[\w ]+ used)) (?:sync )?mode\b"
    r"|\b(?:sync\w*|load(?:ing)?|refresh) mode(?= (?:of|for) (?:all|each|every)\b)",
    re.IGNORECASE,
)
"""The one mode in which something is read; an API that has a mode may have others."""
_BUT = re.compile(
    r",? (?:except|besides|apart from|other than)(?: for| of)?(?: the)? x(?:(?:, | and |, and )x)*",
    re.IGNORECASE,
)
"""What excepts resources, `x`, from all."""
_BOTH = re.compile(
    r"\bfull(?:y)?[ _-]refresh\w*,? (?:and|or|as well as) (?:an? |by )?incremental"
    r"|\bincremental\w*(?: \w+)?,? (?:and|or|as well as) (?:an? |by )?full"
    r"|\b(?:modes?|types?|both)\b|\bfull[ _-]refresh\w*, ?incremental",
    re.IGNORECASE,
)
"""What an API supports in general."""
_DENIAL = re.compile(
    r"(?:\b(?:not|never|cannot|no longer|no|without|neither)|n['\u2019]t)"
    r"(?: (?:be|always|need|an?|\w+ly))* $",
    re.IGNORECASE,
)
"""What right before a cue denies it."""
_NOT_LISTED = re.compile(
    r"\b(?:not|never|exclu\w+|exempt\w*|disabled|unsupported|unnecessary|forbidden|impossible)\b",
    re.IGNORECASE,
)
"""What denies, anywhere around a cue, that it holds for the items below."""
_PART_OF = re.compile(
    r"\b(?!(?:records|rows|endpoints|resources|tables|streams|entries|items|lists|listings|contents"
    r"|values|members|syncs?|ids)\b)[a-z]{2,}s of (?:the |an? |each )?$",
    re.IGNORECASE,
)
"""What a resource is behind where a cue is on a part of it: the tags of `orders`."""
_ALL_DATA = re.compile(r"\W*(?:all )?(?:the )?(?:data|records|rows) (?:is|are)\b", re.IGNORECASE)
_OF_REQUESTS = ("pages", "tokens", "windows", "requests", "responses", "cursors")
"""Words that are on a resource of that name only where they are marked."""
_WHICH = re.compile(r", which (?:is|are|has|have)(?: \w+)? $", re.IGNORECASE)
_SAYS_MORE = re.compile(r"[,;]|\b(?:and|but|while|whereas|so)\b", re.IGNORECASE)
"""What separates a cue from names behind it, which it is not about."""
_GOES_ON = re.compile(
    r",? (?:and|but|so|hence|therefore)(?: (?:it|they))? (?:is|are|has|have)(?: \w+)? ?$",
    re.IGNORECASE,
)
"""What joins a cue with the subject of its clause."""


def names_no_cursor(text: str) -> bool:
    """Return whether what stands for the cursor of a resource says that it has none."""
    return _NO_CURSOR.fullmatch(text) is not None


_ONLY = re.compile(
    r"[\W_]*incremental\w*(?: (?:sync\w*|loads?|loading|refresh))?[\W_]*: ?only (?:for )?`",
    re.IGNORECASE,
)
"""A label on how all resources are synchronized, which names those with a cursor."""


def says_rest_is_full(clause: Clause) -> bool:
    """Return whether a clause says that all resources without a cursor are read in full."""
    if _ONLY.match(clause.text) and is_statement(clause.text):
        return any(pair_cursors(clause))
    return speaks_of_rest(clause.text) and _find_cue(clause) is not None


_OF_ITEM = re.compile(r"\b(?:all|each|every|both|none) of (?:them|these)\b", re.IGNORECASE)
"""What speaks of all resources of an item, not of the document."""


def find_full(clause: Clause, resources: Collection[str]) -> set[str]:
    """Find the resources of which a clause says that they are read in full."""
    label = None if _ONLY.match(clause.text) else _LABEL.fullmatch(clause.text)
    if label and label["value"].strip(" *_.") and names_no_cursor(label["value"]):
        return set(clause.subjects)
    if objects := find_objects(clause):
        return set(objects)
    cue = _find_cue(clause)
    if cue is None or speaks_of_rest(clause.text) or _is_on_other(clause):
        return set()
    excepted = [m.resource for m in list_excepted(clause.text, clause.mentions)]
    if excepted and None not in excepted and speaks_of_all(clause.text):
        is_plain = len(excepted) == len(clause.mentions)
        return {*resources}.difference(filter(None, excepted)) if is_plain else set()
    before = [m for m in clause.mentions if m.end <= cue.start()]
    if before and not before[-1].resource and _GOES_ON.search(clause.text[: cue.start()]):
        return set(_take_first_run(before) or clause.subjects)
    after = [m for m in clause.mentions if m.start >= cue.end()]
    if after and _SAYS_MORE.search(clause.text[cue.end() : after[0].start]):
        after = []
    lead, rest = clause.text[: cue.start()], clause.text[cue.end() :]
    if names := _take_subjects(lead, rest, before, after):
        return set(names)
    if clause.mentions:
        return set()
    is_on_data = _ALL_DATA.match(clause.text) and not clause.subjects
    is_on_all = speaks_of_all(clause.text) and not (
        clause.subjects and _OF_ITEM.search(clause.text)
    )
    return set(resources if is_on_data or is_on_all else clause.subjects)


def find_listed_full(line: Line, resources: Collection[str]) -> set[str]:
    """Find the resources of an item below a line or a heading such as `Read in full:`."""
    names = list_resources(line.text, resources) if line.level else []
    mentions = find_mentions(line.text, resources)
    says_more = re.search(
        r"[a-z]", re.sub(r"\band\b", "", replace_mentions(line.text, mentions, "")), re.I
    )
    above = line.above if line.above.endswith(":") else "".join(line.headings[-1:])
    is_named = any(mention.resource for mention in find_mentions(above, resources))
    is_denied = _NOT_LISTED.search(above) is not None
    is_full = names and not (says_more or is_named or is_denied)
    is_full = is_full and _find_cue(Clause(above, [], []))
    return set(names) if is_full and not speaks_of_rest(above) else set()


def _is_on_other(clause: Clause) -> bool:
    """Return whether a clause is on parts of a resource, or on requests in the words of one."""
    named = [mention for mention in clause.mentions if mention.resource]
    in_words = any(not mention.mark and mention.name in _OF_REQUESTS for mention in named)
    return in_words or any(_PART_OF.search(clause.text[: mention.start]) for mention in named)


def _find_cue(clause: Clause) -> re.Match[str] | None:
    text = remove_paging(replace_mentions(clause.text, clause.mentions, "x"), _FULL)
    text = _MODE.sub(lambda match: match["before"] or "", text)
    text = _BUT.sub("", text) if speaks_of_all(clause.text) else text
    cue = _FULL.search(clause.text)
    is_denied = cue is not None and _DENIAL.search(clause.text[: cue.start()])
    is_other = is_denied or _NO_FULL.search(text) or _BOTH.search(text)
    return None if is_other else cue


def _take_first_run(mentions: Sequence[Mention]) -> list[str]:
    """Return the resources that a clause names, if it names them before all fields."""
    runs = [m.resource for m in mentions]
    names = [name for name in runs if name]
    return names if runs[: len(names)] == names else []


def _take_last_run(mentions: Sequence[Mention]) -> list[str]:
    """Return the resources that are named last, without a field behind them."""
    names: list[str] = []
    for mention in reversed(mentions):
        if mention.resource is None:
            break
        names.append(mention.resource)
    return names


def _take_subjects(
    lead: str, text: str, before: Sequence[Mention], after: Sequence[Mention]
) -> list[str]:
    """Return the resources that a cue is about: those behind `for`, or those before it.

    Args:
        lead: What is before the cue.
        text: What is behind it.
    """
    if before and _WHICH.search(lead):
        before = before[-1:]
    names = _take_last_run(before), _take_last_run(after[::-1])
    first, second = names[::-1] if re.match(r"\W*(?:for|of)\b|\W*:", text) else names
    return first or second
