"""Reads which resources comments and lines say to be like those that a document configures.

# Additional resources (tags, teams) follow the same pattern     // further resources: see the table
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Block, Document
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import is_statement

_COMMENT = re.compile(r"^\s*(?:#|//)\s*(?P<text>\S.*)$", re.MULTILINE)
_COMMENTS = re.compile(r"^[^\S\n]*(?:#|//).*(?:\n[^\S\n]*(?:#|//).*)+", re.MULTILINE)
_COMMENT_MARK = re.compile(r"^\s*(?:#|//)\s*")
_AND = r"\s*,\s*(?:and\s+)?|\s+and\s+"
_FOLLOWS = re.compile(
    r"(?P<names>\b[a-z][\w-]*(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)[a-z][\w-]*){0,9})"
    r" (?:follows?|(?:is|are)(?: (?:defined|configured|declared|loaded|read))? in) the same"
    r" (?:pattern|way|manner)\b(?: as [`'\"]?(?P<like>\w+))?"
)
_LIKE_ONE = re.compile(
    r"\b(?:additional|further|other|more|remaining) (?:resources|streams|endpoints|reports)"
    r" \((?P<names>[a-z][\w-]*(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)[a-z][\w-]*){0,9})\)[^.;]{0,60}?"
    r"(?:\bsame(?: \w+){0,2} as|\b(?:similar|analogous|identical)(?:ly)? to|\blike)"
    r" [`'\"]?(?P<like>\w+)[`'\"]?\W*$",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\W*(?P<names>[a-z][\w-]*)[`'\"]? ?(?::|=|\bis\b|\bare\b)(?: \w+)? ?"
    r"(?:the same(?: way)? as|similar(?:ly)? to|analogous(?:ly)? to|identical to|like)"
    r" [`'\"]?(?P<like>\w+)[`'\"]?\W*",
    re.IGNORECASE,
)
"""A comment that is nothing else: `# tags: analogous to teams`."""
_NOT_NAMED = re.compile(
    r"(?:other|all|each|these|those|they|which|that|rest|request|response|page|path|param\w*"
    r"|resource|endpoint|stream|row|record|field|error|date|header|value|item|call|webhook|export)s?"
)
"""Words of a comment that are not the name of a resource."""
_PATTERN = re.compile(
    r"\b(?:same|this|similar|identical) (?:pattern|way|manner|structure|form|configuration)\b",
    re.IGNORECASE,
)
_CAN = re.compile(r"\b(?:can|may|could|might) be\b")
"""How a pattern is offered, `can be added following the same pattern`, which states it."""
_ON_RESOURCES = re.compile(r"\b(?:resources?|endpoints?|streams?|reports?|listings?)\b", re.I)
_MORE = re.compile(
    r"\W*(?:and )?(?:(?:the|\d+) )?(?:additional|further|other|more|remaining)"
    r" (?:resources|streams|endpoints|reports)\b.*?(?:\(|:\s*`?\w+`?\s*,|\b(?:table"
    r"|list|listed|section|sections|below|above|described)\b)",
    re.IGNORECASE,
)
"""A comment in the place of resources that the document describes elsewhere."""
_NAMES = re.compile(
    r"\W*(?:(?:the|\d+) )?(?:additional|further|other|more|remaining)"
    rf" (?:resources|streams|endpoints|reports)\s*:\s*(?P<names>`?\w+`?(?:(?:{_AND})`?\w+`?)+)\W*",
    re.IGNORECASE,
)
_MOST_CHARACTERS = 400
"""Of a comment; a longer one compares nothing."""
_OTHERS = re.compile(
    r"\b(?:additional|further|other|more|remaining) (?:resources|streams|endpoints|reports)\b"
    r"[^.(]{0,40}?"
    r"(?:\((?P<names>[^()]{1,200})\)|\bsuch as (?P<such>[\w, `]{1,100}?) (?:can|are|follow))",
    re.IGNORECASE,
)


def follows_a_pattern(document: Document) -> bool:
    """Return whether a comment or a line says that other resources are like those configured."""
    comments = [text for block in document.blocks for text in list_comments(block)]
    if any(_MORE.match(text) and is_statement(text) for text in comments):
        return True
    texts = [text for text in _list_texts(document) if _PATTERN.search(text)]
    return any(_ON_RESOURCES.search(text) and is_statement(_CAN.sub("", text)) for text in texts)


def read_named_resources(document: Document) -> list[str]:
    """Read the names that a comment lists: `# Additional resources: tags, teams`."""
    comments = [text for block in document.blocks for text in list_comments(block)]
    matches = filter(None, map(_NAMES.fullmatch, filter(is_statement, comments)))
    names = [name for m in matches for name in re.split(_AND, to_plain(m["names"]))]
    return list(dict.fromkeys(names))


def read_other_resources(document: Document, known: Collection[str]) -> list[str]:
    """List the names of more resources, as comments and lines write them: `quotes, tasks`.

    Args:
        known: Those that are read from elsewhere.
    """
    matches = map(_OTHERS.search, _list_texts(document))
    texts = [to_plain(match["names"] or match["such"]) for match in matches if match]
    texts.append(", ".join(read_named_resources(document)))
    lists = [
        ", ".join(name for name in re.split(_AND, text) if to_valid_name(name) not in known)
        for text in texts
    ]
    return list(dict.fromkeys(filter(None, lists)))


def read_pattern_names(document: Document) -> dict[str, str | None]:
    """Read the names that comments say to follow the same pattern: `# tags and teams follow …`.

    Each has the name of the resource that it is like, None for all.
    """
    comments = [text for block in document.blocks for text in list_comments(block)]
    stated = [text for text in comments if is_statement(text)]
    matches = [m for text in stated for m in (*_FOLLOWS.finditer(text), *_LIKE_ONE.finditer(text))]
    matches += filter(None, map(_COMPARED.fullmatch, stated))
    pairs = [(name, m["like"]) for m in matches for name in re.split(_AND, m["names"])]
    if any(_NOT_NAMED.fullmatch(name) for name, _ in pairs):
        return {}
    return {to_valid_name(name): like and to_valid_name(like) for name, like in pairs}


def list_comments(block: Block) -> list[str]:
    """List the comments of a block of code: each line, and those of several lines as one."""
    lines = [match["text"] for match in _COMMENT.finditer(block.text)]
    several = [
        " ".join(_COMMENT_MARK.sub("", line) for line in match[0].splitlines())
        for match in _COMMENTS.finditer(block.text)
    ]
    return [text for text in [*lines, *several] if len(text) <= _MOST_CHARACTERS]


def _list_texts(document: Document) -> list[str]:
    """List the comments of a document's code, and its lines."""
    comments = [text for block in document.blocks for text in list_comments(block)]
    return [*comments, *(line.text for line in document.lines)]
