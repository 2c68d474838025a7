"""Finds the fields that a document's prose gives a resource: lists, tables, JSON schemas."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from analytics_ingest.convert.markdown import Block, Line
from analytics_ingest.convert.prose.field_types import (
    find_type,
    is_key,
    is_primary_key,
    read_json_schema,
)
from analytics_ingest.convert.prose.line_subjects import (
    MARKED_NAMES,
    OF_RESOURCES,
    list_resources,
    remove_subjects,
    to_plain,
)
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.sentences import is_statement

_SECTION = re.compile(r"schema|field|column|data model|attribut|propert", re.IGNORECASE)
_COMMON = re.compile(
    r"\W*(?:the )?(?:common|shared) (?:fields|columns|attributes|properties)\W*"
    r"|\W*(?:the )?(?:fields|columns|attributes|properties) of (?:all|every|each)"
    r" (?:resources?|records?|rows?|streams?|tables?)\W*"
    r"|\W*(?:all|every|each) (?:resources?|records?|rows?|streams?|tables?) (?:have|has|share)\W*",
    re.IGNORECASE,
)
"""What is above fields of all resources."""
_MARKED_NAME = r"(?=\d*[A-Za-z_])\w+(?:[ -]\w+)*"
"""A name in backticks may have blanks or begin with a digit: `Opening Price`."""
_ANY_NAME = rf"(?P<name>(?<=`){_MARKED_NAME}(?=`)|[A-Za-z_]\w*)"
_ITEM = re.compile(rf"[`*]+{_ANY_NAME}[`*]+\s*(?::|[-\u2013\u2014]|\()\s*(?P<text>.+)")
_INLINE = re.compile(
    rf"[`*]*{_ANY_NAME}[`*]*\s*(?:\((?P<note>[^()]+)\)|[\s:\u2013-]\s*(?P<text>\w[^()]*))(?:\(.*)?"
)
_SEPARATOR = re.compile(r"(?:\s*[,;]\s*(?:and\s+(?=`))?|\s+and\s+(?=`))(?![^()]*\))")
_HAS = re.compile(
    rf"\W*?(?:an? |each |the )?(?P<names>{MARKED_NAMES})(?: rows?| records?)?"
    r" (?:all |each |also )?(?:have|has|contains?|holds?|carry|carries|consists? of)"
    r" (?P<fields>.+)",
    re.IGNORECASE,
)
_LEAST_INLINE, _LEAST_BARE = 2, 3
"""Names; of those without marks two may be words of a sentence."""
_NOTE = re.compile(r"\([^()]*\)")
_GROUPED = re.compile(
    r"(?P<names>`[A-Za-z_]\w*`(?:\s*,\s*(?:and\s+)?`[A-Za-z_]\w*`)+)\s*:\s*(?P<text>[^`]+)"
)
"""Names before one type: `net`, `tax`: number."""
_WORDS = ("is", "are", "was", "unlike", "like", "the", "a", "an", "and", "or", "with", "as")
"""Words of a sentence, which no field is called."""
_NAME = re.compile(r"`([A-Za-z_]\w*)`")
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_NAME_COLUMNS = ("field", "name", "column", "property", "attribute")
_TYPE_COLUMNS = ("type", "data type", "datatype")
_MARKED = re.compile(r"[`*]([A-Za-z_][\w.]*)[`*]")
_PARTIAL = re.compile(
    r"\bfields of\b|\b(?:among others|and more|and others|for example|such as|includ\w+)\b", re.I
)
"""What says that a line names only some of the fields."""
_COMPLETE = re.compile(
    r"no (other|additional|further) (fields|properties)|(fields|properties) are not allowed"
    r"|\"additionalProperties\": false",
    re.IGNORECASE,
)


@dataclass
class Fields:
    """What the prose says of a resource's fields."""

    types: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """Those that are called the primary key."""
    identifiers: list[str] = field(default_factory=list)
    """Those that are called unique."""
    untyped: set[str] = field(default_factory=set)
    """Those of which only the name is known."""
    is_complete: bool = False
    """Whether the document says that there are no others."""
    mentioned: set[str] = field(default_factory=set)
    """What lines on the fields mark, whether it is a field or not."""
    is_partial: bool = False
    """Whether a sentence names some, without a list of all."""

    @property
    def names(self) -> set[str]:
        """All that are known; the rows may have more."""
        return {*self.types, *self.untyped}

    def add(self, name: str, description: str) -> None:
        """Take a field if its description names a type."""
        if kind := find_type(description):
            self.types.setdefault(name, kind)
            if is_primary_key(description) and name not in self.keys:
                self.keys.append(name)
            elif is_key(description) and name not in self.identifiers:
                self.identifiers.append(name)


def read_fields(prose: Prose) -> dict[str, Fields]:
    """Read the fields of each resource that the prose describes."""
    by_resource: dict[str, Fields] = {}
    of_all, common, resources = set[str](), Fields(), prose.resources
    only = next(iter(resources)) if len(resources) == 1 else None
    for part, named in prose.iterate_parts():
        resource, in_section = named or only, is_in_field_section(part)
        if in_section and isinstance(part, Line):
            rest = _take_clauses(by_resource, resources, part)
            of_all.update(_NAME.findall(rest) if resource is None else ())
            if rest != part.text:
                continue
        if resource is None:
            if in_section and isinstance(part, Line) and _COMMON.fullmatch(part.above):
                _add_part(common, part, part.text)
            continue
        if not (in_section or isinstance(part, Block) or part.cells):
            continue
        fields = by_resource.setdefault(resource, Fields())
        fields.is_complete |= _COMPLETE.search(part.text) is not None
        fields.is_partial |= _PARTIAL.search(part.text) is not None
        fields.mentioned.update(_MARKED.findall(part.text))
        if isinstance(part, Block):
            _add_block(fields, part, resource)
        else:
            _add_part(fields, part, remove_subjects(part.text, resource, resources))
    for fields in [fields for fields in by_resource.values() if fields.names]:
        fields.untyped |= of_all
        fields.types = {**common.types, **fields.types}
    return {name: fields for name, fields in by_resource.items() if fields.names}


def is_in_field_section(part: Block | Line) -> bool:
    """Return whether a part of a document is in a section on the fields of rows."""
    return any(_SECTION.search(heading) for heading in part.headings)


def _add_part(fields: Fields, line: Line, text: str) -> None:
    if not line.cells:
        _add_line(fields, line, text)
    elif not any(_add_listed(fields, cell) for cell in line.cells[1:]):
        _add_row(fields, line)


def _add_line(fields: Fields, line: Line, text: str) -> None:
    if names := _read_names(text):
        fields.untyped.update(names)
    elif grouped := _GROUPED.fullmatch(text.strip()):
        for name in _NAME.findall(grouped["names"]):
            fields.add(name, grouped["text"])
    elif _add_listed(fields, text):
        return
    elif text != line.text:  # What begins with the resource is not a field of its name.
        fields.untyped.update(_read_bare_names(text))
    elif line.level and (item := _ITEM.match(line.text)):
        fields.add(item["name"], to_plain(item["text"]).rstrip(")"))


def _take_clauses(by_resource: dict[str, Fields], resources: Collection[str], line: Line) -> str:
    """Add the fields of clauses on a resource, `orders` have `total`; return the other clauses."""
    clauses = line.clauses
    matches = {clause: match for clause in clauses if (match := _HAS.match(clause))}
    named = {c: list_resources(match["names"], resources) for c, match in matches.items()}
    known = {clause: names for clause, names in named.items() if names}
    for clause, name in [(clause, name) for clause, names in known.items() for name in names]:
        fields, text = by_resource.setdefault(name, Fields()), matches[clause]["fields"]
        fields.is_partial = True
        if not _add_listed(fields, text.rstrip(";")) and is_statement(clause):
            listed = _NOTE.sub("", text).rstrip(".; ")
            only = _NAME.fullmatch(listed)
            fields.untyped.update([only[1]] if only else _read_names(listed))
    return " ".join(clause for clause in clauses if clause not in known) if known else line.text


def _read_names(text: str) -> list[str]:
    """Read a list of names and nothing else: `` `id`, `name` ``; empty for another text."""
    parts = _AND.split(text.strip().rstrip("."))
    matches = [_NAME.fullmatch(part) for part in parts]
    names = [match[1] for match in matches if match]
    return names if len(names) == len(parts) >= _LEAST_INLINE else []


def _read_bare_names(text: str) -> list[str]:
    """Read a list of names without marks behind a resource: `id, name, email`."""
    parts = [_NOTE.sub("", part).strip() for part in _SEPARATOR.split(text.strip().rstrip(". "))]
    are_names = all(re.fullmatch(r"[A-Za-z_]\w*", part) and part not in _WORDS for part in parts)
    return parts if are_names and len(parts) >= _LEAST_BARE else []


def _add_listed(fields: Fields, text: str) -> bool:
    """Add the fields of a list in one line: `id (integer), name (string)`; False if it is not."""
    parts = [part for part in _SEPARATOR.split(text.strip().rstrip(".")) if part]
    # A name with a blank, `Start Date`, is not its first word.
    matches = [_INLINE.fullmatch(part) for part in parts]
    items = [m for m in matches if m and (m[0][0] != "`" or m[0].startswith(f"`{m['name']}`"))]
    described = [(match["name"], match["note"] or match["text"]) for match in items]
    typed = [(n, words) for n, words in described if find_type(words) and n not in _WORDS]
    names = [match[1] for part in parts if (match := _NAME.fullmatch(part))]
    # Another name in the text of one, `state` and its `owner` object, is not its type.
    are_plain = all("`" not in (match["text"] or "") for match in items)
    are_plain &= all(part.startswith("`") for part in parts)
    is_mixed = are_plain and bool(typed) and len(typed) + len(names) == len(parts)
    is_typed = len(typed) >= _LEAST_INLINE and len(typed) * 2 > len(parts)
    if len(parts) < _LEAST_INLINE or not (is_mixed or is_typed):
        return False
    for name, words in typed:
        fields.add(name, words)
    fields.untyped.update(names)
    return True


def _add_row(fields: Fields, line: Line) -> None:
    header, cells = line.titles, line.cells
    first = int(bool(header) and OF_RESOURCES.fullmatch(to_plain(header[0])) is not None)
    header, cells = header[first:], cells[first:]
    if len(header) != len(cells) or not cells:
        return
    row = {to_plain(name).lower(): to_plain(cell) for name, cell in zip(header, cells, strict=True)}
    name, is_marked = to_plain(cells[0]), cells[0].strip().startswith("`")
    is_name = re.fullmatch(_MARKED_NAME if is_marked else r"[A-Za-z_]\w*", name)
    if to_plain(header[0]).lower() not in _NAME_COLUMNS or not is_name:
        return
    is_nullable, is_required = _find_cell(row, ("nullable", "null")), _find_cell(row, ("required",))
    is_certain = is_nullable.lower() in ("no", "false", "n")
    is_certain = is_certain or is_required.lower() in ("yes", "true", "y")
    description = _find_cell(row, _TYPE_COLUMNS) + (" required" if is_certain else "")
    rest = " ".join(value for key, value in row.items() if key in ("description", "notes", "key"))
    fields.add(name, f"{description}; primary key" if is_key(rest) else description)


def _find_cell(row: Mapping[str, str], columns: tuple[str, ...]) -> str:
    """Find the first of some columns of a row."""
    return next((row[column] for column in columns if row.get(column)), "")


def _add_block(fields: Fields, block: Block, resource: str) -> None:
    data = block.data
    if not isinstance(data, dict):
        return
    inner = data.get(resource)
    for schema in (data, inner if isinstance(inner, dict) else {}):
        for name, kind in read_json_schema(schema).items():
            fields.types.setdefault(name, kind)
    if isinstance(inner, dict) and all(isinstance(text, str) for text in inner.values()):
        for name, description in inner.items():
            fields.add(name, description)
