"""Finds clauses in words on rows that are not loaded, from which no filter can be read.

Archived orders are ignored      only orders with a total above 100 are loaded

Only rows of a known resource with a word that tells them from its others are meant: neither all
of a resource, nor what is dropped of requests and responses.
"""

import re

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.rows.row_changes import is_on_other_rows
from analytics_ingest.convert.prose.rows.row_subjects import Surroundings
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS
from analytics_ingest.convert.prose.words.row_words import DROP, KEEP

_ADVERB = r"(?:(?:always|also|therefore|currently|completely|then|to be|thus) ){0,2}"
_DROPPED = re.compile(
    rf"(?P<behind>[^.;:]{{0,120}}?)\b(?:is|are|should be|must be) {_ADVERB}"
    rf"(?:{DROP}|(?:not|never) (?:to be )?{_ADVERB}{KEEP})(?!\w)(?P<rest>.*)",
    re.IGNORECASE,
)
_KEPT = re.compile(
    rf"(?P<behind>[^.;:]{{0,120}}?)\b(?:is|are|should be|must be) {_ADVERB}{KEEP}(?!\w)"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"(?:^|[.:;,] )\W*(?:(?P<only>only|just) )?(?:(?:the|all|any|every|each|and|so|but) ){0,3}"
    r"(?:(?:rows|records) of )?"
    r"(?P<words>(?:[a-z][a-z-]+ ){0,2})$",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"\b(?:we|integration|connector|pipeline|source|loader|import) (?:always |also )?"
    rf"{DROP} (?:the |all |any )?(?P<words>(?:[a-z][a-z-]+ ){{1,2}})$",
    re.IGNORECASE,
)
"""What is before rows that someone leaves out: the connector skips archived orders."""
_QUALIFIER = re.compile(
    r"\W*(?:with(?:out)?|of|from|by|in|that|which|who|whose|below|above|under|over|older|created"
    r"|marked|flagged)\b",
    re.IGNORECASE,
)
_NO_ADJECTIVE = re.compile(
    r"\b(?:the|all|any|every|each|both|others?|these|those|this|that|such|no|of|for|in|on|to|from"
    r"|with|by|as|if|when|where|while|because|since|only|also|not|and|or|but|so|resources?|tables?"
    r"|records?|rows?|endpoints?|streams?)\b",
    re.IGNORECASE,
)
_OF_CHANGES = re.compile(
    r"\b(?:new|newer|newly|changed|unchanged|updated|modified|recent|already|since|windows?"
    r"|cursors?|incremental\w*|keys?)\b",
    re.IGNORECASE,
)
"""Words of an incremental load, which leaves out what did not change."""
_ON_REQUESTS = re.compile(
    r"\b(?:(?:40|41|42|50)\d|status codes?|respon\w+|requests?|parameters?|pages?|headers?"
    r"|retr(?:y|ies)|errors?|endpoints?|tokens?|query|urls?|webhooks?|returned)\b"
    r"|\bby (?:the )?(?!integration|connector|pipeline|source|loader|import|filter)[a-z]+",
    re.IGNORECASE,
)


def find_unloaded(line: Line, clause: str, around: Surroundings) -> tuple[str, ...]:
    """Find the resources of whose rows a clause says that some are not loaded.

    Below the heading of another resource, it may be on the rows of either.
    """
    if (
        len(clause) > MOST_CHARACTERS
        or _OF_CHANGES.search(clause)
        or is_on_other_rows(line, clause)
    ):
        return ()
    mentions = find_mentions(clause, around.resources)
    for mention in mentions:
        if len(mention.names) == 1 and _is_unloaded(clause, mention):
            return tuple(dict.fromkeys(filter(None, (around.named, *mention.names))))
    return ()


def _is_unloaded(clause: str, mention: Mention) -> bool:
    """Return whether some rows of a mentioned resource are not loaded."""
    before, after = clause[: mention.start], clause[mention.end :]
    if active := _ACTIVE.search(before):
        is_last = not re.search(r"\w", after) or _QUALIFIER.match(after)
        return bool(is_last and not _NO_ADJECTIVE.search(active["words"]))
    front = _FRONT.search(before)
    if front is None:
        return False
    stated = (_KEPT if front["only"] else _DROPPED).match(after)
    if stated is None or _ON_REQUESTS.search(f"{stated['behind']} {stated['rest']}"):
        return False
    is_plain = _NO_ADJECTIVE.search(front["words"]) is None
    is_some = bool(front["words"]) or _QUALIFIER.match(stated["behind"])
    # Another noun behind the name, `order forms`, is what the clause is on.
    is_last = not stated["behind"].strip() or _QUALIFIER.match(stated["behind"])
    return is_plain and bool(is_some and is_last)
