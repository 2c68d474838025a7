"""Finds the sentences that say of the whole API that nothing in it is incremental, or that all is.

There is no incremental loading.     Full refresh only.     Everything is read in full.
All resources are incremental.     Resources with an `updated_at` field are read incrementally.
"""

import re

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.mentions import speaks_of_all
from analytics_ingest.convert.prose.text.passages import Clause
from analytics_ingest.convert.prose.text.sentences import is_statement
from analytics_ingest.convert.prose.words.time_names import is_time

_TIME = (
    r"(?:cursors?(?: fields?)?|(?:modification|change|update)(?: dates?| times?)?"
    r"|(?:time ?stamps?|dates?)(?: of (?:the )?(?:last )?(?:change|modification|update))?)"
)
_EACH = r"(?:(?:with|on|at|in|by|during) )?(?:each|every) (?:run|load|sync|time)"
_ALL_ROWS = (
    r"(?:(?:all|the) (?:rows|records|data|tables) (?:is|are) (?:read|loaded|fetched|requested"
    rf"|replaced)(?: again| anew| in full)? {_EACH}"
    rf"|everything is (?:read|loaded|fetched|requested)(?: again| anew| in full)? {_EACH}"
    r"|(?:every|each) (?:run|load|sync) (?:reads|loads|fetches|requests)"
    r" (?:everything|all (?:rows|records|data))|(?:an? )?full refresh (?:each|every) time)"
)
_NO_TIME = re.compile(r"(?<=\bno )`(?P<name>\w+)`(?: (?:field|column)s?)?")
_GENERAL_TITLE = re.compile(
    r"incremental|synchroni|cursor|load|overview|general|\bkeys?\b|notes?|replicat", re.IGNORECASE
)
_ALL_FULL = re.compile(
    rf"[\W_]*(?:there (?:is|are) no incremental"
    r" (?:(?:sync|load|refresh|replicat|extract|read)\w*|streams?|resources?|tables?|endpoints?)"
    r"|(?:there (?:is|are)|(?:the )?(?:rows|records|resources|responses) (?:have|carry|hold))"
    rf" no {_TIME}"
    rf"(?:(?::|,| and|, so|,? hence|,? therefore)? {_ALL_ROWS})?"
    rf"|(?:none of the|no) (?:resources?|rows|records) (?:has|have|carr(?:y|ies)) an? {_TIME}"
    rf"|{_ALL_ROWS}"
    r"|(?:every|each) (?:load|run|sync) (?:replaces|reloads) (?:the|all|its|their) tables?"
    r"|(?:every|each) (?:load|run|sync) is a full refresh"
    r"|no incremental (?:sync|load|refresh|replicat|extract|read)\w*"
    r"(?: is (?:used|configured|supported|available|possible))?"
    rf"|the api (?:offers|has|supports) no (?:incremental|date) filters?(?:, so {_ALL_ROWS})?"
    r"|incremental\w*(?: \w+)?\W+not (?:supported|available|possible|used)(?:[,;] full[ -]refresh)?"
    r"|(?:the |this )?(?:api|source|connector|integration|configuration) (?:"
    r"(?:has|supports|offers|uses|knows) no incremental \w+"
    r"|(?:supports|uses|is) (?:only )?full[ -]refresh(?:es)?(?: only)?"
    r"|(?:runs|works|operates) (?:only )?in full[ -]refresh mode(?: only)?)"
    r"|incremental (?:sync|load|refresh|replicat|extract)\w*"
    r" (?:is|are) not (?:used|configured|supported|available|possible|implemented)"
    r"|(?:no|none of the) (?:resources?|streams?|tables?) (?:is|are)"
    r" (?:(?:synchroni[sz]ed|synced|loaded|read) )?incremental(?:ly)?"
    r"|(?:everything|all data) is (?:read|loaded|synchroni[sz]ed|synced|fetched)"
    r" (?:in full(?:[ -]refresh mode)?|completely|entirely)"
    r"(?: (?:on|with|at|in|by|during) (?:each|every) (?:run|load|sync))?"
    r"|the (?:sync|synchroni[sz]ation|load) mode is (?:always )?full[ -]refresh"
    r"|(?:all (?:syncs|loads) are )?full[ -]refresh(?:es)? only|only full[ -]refresh(?:es)?"
    r"(?: (?:is|are) (?:supported|used|possible))?)(?: (?:for|in|of) any (?:resource|stream|table)"
    r"|,? (?:by|in) (?:the|this) (?:api|source|connector|integration))?[\W_]*",
    re.IGNORECASE,
)
"""What is on all resources where it is the whole clause, below no heading of one."""
_INCREMENTAL = re.compile(r"\bincremental(?:ly)?\b", re.IGNORECASE)


def names_incremental(clause: Clause, cursor: str) -> bool:
    """Return whether a clause on no resource says that all, or those with a cursor, use it."""
    names = [mention.text for mention in clause.mentions if mention.is_field]
    is_general = not (clause.subjects or any(mention.resource for mention in clause.mentions))
    is_on_it = cursor in names or (not names and speaks_of_all(clause.text))
    return is_general and is_on_it and says_incremental(clause)


def says_incremental(clause: Clause) -> bool:
    """Return whether a clause says that something is incremental."""
    return _INCREMENTAL.search(clause.text) is not None and is_statement(clause.text)


def says_all_are_full(clause: Clause, line: Line) -> bool:
    """Return whether a clause on no resource says that none is incremental.

    It is one of a paragraph, or of a list in a section on loading.
    """
    names = _NO_TIME.search(clause.text)
    text = _NO_TIME.sub("cursor", clause.text) if names and is_time(names["name"]) else clause.text
    is_paragraph = not (line.level or line.cells)
    is_item = line.level == 1 and any(map(_GENERAL_TITLE.search, line.headings[-1:]))
    is_general = (is_paragraph or is_item) and not clause.subjects and "`" not in text
    return is_general and _ALL_FULL.fullmatch(text) is not None
