"""Reads what sentences and labels state of a resource that a document lists.

- **HTTP Method**: GET     - **Primary Key**: `code`     Each endpoint returns a JSON array of rows.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.prose.responses.selector_cells import read_selector_cell
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.mentions import find_mentions, replace_mentions
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement

VERBS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_SIZE = re.compile(r"(\d{1,6})(?: (?:records|rows|items|results|entries))?(?: (?:per|a) page)?\.?")
_SIZE_LABEL = re.compile(
    r"^\W*(?:(?:page size|(?:records|rows|items|results) per page)\W*:(?P<text>.*))", re.IGNORECASE
)
KEY_TITLE = re.compile(r"\W*(?:primary |unique )?keys?\b.*", re.IGNORECASE)
_SELECTOR_LABEL = re.compile(
    r"^\W*(?:(?:data |records? |response )?selectors?|(?:data|records?|response) paths?|records"
    r"|rows)\W*?:(?P<text>.*)",
    re.IGNORECASE,
)
_LIST = (
    r"(?:returns?|responds? with|answers? with|response(?: body)? is|responses are)"
    r" (?:(?:an?|the|plain|bare|flat|json|top-level) )*(?:array|list)s?\b"
    r"(?: of (?:\w+ )?(?:records|rows|objects|items|\w+))?[ .]*$"
)
_IS_LIST = re.compile(rf"^[^`]*\b{_LIST}", re.IGNORECASE)
_ALL_ARE_LISTS = re.compile(
    r"^\W*(?:each|every|all)(?: of)?(?: (?:the|these))? (?:endpoint|resource|listing|stream|request"
    rf"|response)s? (?:{_LIST}|(?:is|are) (?:(?:an?|plain|bare|json) )*(?:array|list)s?\b[^`]*$)",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:not|never|skip|exclu|omit|ignor|deprec|out of|unsup)", re.I)
_SYNC = r"load|import|ingest|includ|configur|replicat|support|us|sync|synchroni[sz]"
_UNUSED = r"excluded|skipped|ignored|omitted|deprecated|out of scope|unsupported"
NOT_LOADED = re.compile(
    rf"(?:\b(?:not|never) (?:yet |currently |to be )?(?:(?:{_SYNC})ed|read)"
    rf"|\b(?:is|are|be) (?:{_UNUSED})|^\W*(?:{_UNUSED})(?=\W*:))"
    r"(?=\W*$|\s*[,;.:(\u2013\u2014]| (?:yet|at all|here|currently|now|because|as|since|any ?more"
    r"|and|or|by (?:this|the)|in (?:this|the (?:example|configuration)))\b)"
    rf"|\b(?:(?:not|never) (?:(?:{_SYNC})e?|read)|skips?|excludes?|ignores?|omits?)"
    r" (?:the )?(?:@|(?:this|these) (?:resource|endpoint|stream)s?)",
    re.IGNORECASE,
)
_BEFORE_DENIAL = re.compile(
    r"(?:\W|\b(?:this|the|these|both|it|they|we|and|or|is|are|do|does|can|currently|following"
    r"|other|resources?|endpoints?|streams?|listings?|connector|source|sync|pipeline)\b)*",
    re.IGNORECASE,
)
"""Words before a denial, beside the name of what is not loaded: others speak of parts of it."""
_PAGING_LABEL = re.compile(r"^\W*(?:pagination|paging|paginator)\b[^:]{0,20}:", re.IGNORECASE)
_METHOD_LABEL = re.compile(rf"^\W*(?:http |request )?(?:method|verb)\W*?:\W*({VERBS})\b", re.I)
_PARENT_LABEL = re.compile(r"^\W*parent\b[^:]{0,20}:", re.IGNORECASE)


@dataclass(frozen=True)
class ListedResource:
    """A resource with a path that the configuration lacks."""

    name: str
    path: str
    method: str = "GET"
    selector: str | None = None
    like: str | None = None
    """The configured resource that a comment or a sentence compares it with."""
    is_paging: bool = False
    """Only its paging is like that of the other."""
    is_stated: bool = True
    """Whether a sentence states it; one that hedges or denies only names it."""
    page_size: int | None = None
    has_key: bool = False
    """Whether its list or section states its primary key."""
    is_list: bool = False
    """Whether a sentence says of all responses that they are lists of rows."""
    is_described: bool = False
    """Whether it has a section, a row of a table, or an item of a list of resources."""
    has_parent: bool = False
    """Whether its section names its parent."""
    paging: str = ""
    """What its section or row states of its pages."""


def are_all_lists(document: Document) -> bool:
    """Return whether a sentence says of all responses that they are lists of rows."""
    texts = [to_plain(text) for line in document.lines for text in line.clauses]
    return any(_ALL_ARE_LISTS.match(text) and is_statement(text) for text in texts)


def list_denied(texts: Iterable[str], names: Collection[str]) -> set[str]:
    """List the resources of which a clause says that they are not loaded, not parts of rows."""
    denied: set[str] = set()
    for text in texts if names else ():
        if len(text) > MOST_CHARACTERS or not _NEGATION.search(text):
            continue
        mentions = [mention for mention in find_mentions(text, names) if mention.resource]
        if _is_denial(replace_mentions(text, mentions, "@")):
            denied.update(str(mention.resource) for mention in mentions)
    return denied


def _is_denial(clause: str) -> bool:
    match = NOT_LOADED.search(clause)
    return match is not None and bool(_BEFORE_DENIAL.fullmatch(clause[: match.start()]))


def describe(item: ListedResource, lines: Sequence[Line]) -> ListedResource:
    """Add what the lines of a section state of its resource."""
    texts = [line.text for line in lines]
    labels = [match for text in texts if (match := _SELECTOR_LABEL.match(text))]
    selector = read_selector_cell(labels[0]["text"]) if len(labels) == 1 else None
    is_list = not labels and any(_IS_LIST.match(t) and is_statement(t) for t in texts)
    methods = {match[1].upper() for text in texts if (match := _METHOD_LABEL.match(text))}
    sizes = [read_size(match["text"]) for t in texts if (match := _SIZE_LABEL.match(t))]
    clauses = [text for line in lines for text in line.clauses]
    is_denied = bool(list_denied(clauses, [item.name])) or any(map(_is_denial, clauses))
    return replace(
        item,
        method=methods.pop() if len(methods) == 1 else item.method,
        selector="$" if is_list else selector,
        is_stated=not is_denied,
        is_described=True,
        page_size=sizes[0] if len(sizes) == 1 else None,
        has_key=any(KEY_TITLE.match(text) for text in texts),
        has_parent=any(map(_PARENT_LABEL.match, texts)),
        paging=" ".join(text for text in texts if _PAGING_LABEL.match(text)),
    )


def read_size(text: str | None) -> int | None:
    """Read the size of a page of a label or of a cell; None where it says more."""
    match = _SIZE.fullmatch(to_plain(text or "").strip("* "))
    return int(match[1]) if match else None
