"""Finds the fields that a document's prose gives a resource: lists, tables, blocks of code."""

import re

from analytics_ingest.convert.markdown import Block, Line, split_clauses
from analytics_ingest.convert.prose.fields.common_fields import (
    find_shared,
    is_above_common,
    is_above_each,
    read_common,
    read_types_of_names,
)
from analytics_ingest.convert.prose.fields.example_fields import read_examples
from analytics_ingest.convert.prose.fields.field_blocks import read_block
from analytics_ingest.convert.prose.fields.field_items import (
    add_item,
    find_holder,
    is_of_one_field,
    read_namesake,
)
from analytics_ingest.convert.prose.fields.field_lists import (
    NAME,
    FieldList,
    find_sharing,
    read_bare_names,
    read_group,
    read_list,
    read_names,
    read_only_field,
)
from analytics_ingest.convert.prose.fields.field_notes import (
    is_in_field_section,
    iterate_field_texts,
    list_absent,
    list_marked,
    list_required,
    read_owners,
    remove_nulls,
    says_complete,
    says_partial,
)
from analytics_ingest.convert.prose.fields.field_references import find_owner, read_reference
from analytics_ingest.convert.prose.fields.field_rows import read_name_cells, read_row
from analytics_ingest.convert.prose.fields.known_fields import Fields
from analytics_ingest.convert.prose.fields.stated_fields import cut_label, read_stated_fields
from analytics_ingest.convert.prose.text.line_subjects import remove_subjects
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_statement

_NOTE = re.compile(r"\([^()]*\)")


def read_fields(prose: Prose) -> dict[str, Fields]:
    """Read the fields of each resource that the prose describes."""
    reader = _Reader(prose)
    for part, named in prose.iterate_parts():
        reader.read(part, named)
    return reader.finish()


class _Reader:
    """Follows the parts of a document with the fields of each resource."""

    def __init__(self, prose: Prose) -> None:
        self._resources = prose.resources
        self._only = next(iter(prose.resources)) if len(prose.resources) == 1 else None
        self._least_sharing = find_sharing(iterate_field_texts(prose))
        self._by_resource: dict[str, Fields] = {}
        self._common = Fields()
        self._names_of_all = set[str]()
        self._examples_of_all = set[str]()
        self._namesakes: dict[str, tuple[str, str]] = {}
        self._required = set[tuple[str | None, str]]()
        self._types_of_names: dict[str, str] = {}
        self._same_fields: dict[str, str] = {}

    def read(self, part: Block | Line, named: str | None) -> None:
        """Read a part, which may be about a resource."""
        resource, in_section = named or self._only, is_in_field_section(part)
        part = cut_label(part) if in_section and isinstance(part, Line) else part
        if in_section and isinstance(part, Line):
            self._required |= {(resource, name) for name in list_required(part)}
            self._take_examples(part, resource)
            rest = self._take_common(part, resource)
            rest = self._take_clauses(rest)
            self._names_of_all.update(NAME.findall(" ".join(rest)) if resource is None else ())
            if len(rest) != len(part.clauses):
                return
        if isinstance(part, Block):
            self._add_block(part, resource, in_section=in_section)
        elif resource is None and (owner := self._find_owner(part, in_section=in_section)):
            self._add_part(self._note(owner, part), part, part.text)
        elif resource is None:
            self._read_general(part, in_section=in_section)
        elif in_section or part.cells:
            of_line, text = Fields(), remove_subjects(part.text, resource, self._resources)
            if namesake := read_namesake(part, resource, text, self._resources):
                self._namesakes[resource] = namesake
                return
            if in_section and (same := read_reference(text, resource, self._resources)):
                self._same_fields[resource], text = same
            self._add_part(of_line, part, text)
            self._note(resource, part).take(of_line, find_holder(part))

    def _read_general(self, line: Line, *, in_section: bool) -> None:
        """Read a line on no resource, below one that says that its fields are in all of them."""
        above = split_clauses(line.above)[-1] if in_section else ""
        number = len(self._resources)
        is_of_each = is_above_each(above, number) and is_of_one_field(line)
        if is_above_common(above):
            self._add_part(self._common, line, line.text)
        elif is_of_each or find_shared(above, number) == "":
            self._add_shared(line, line.text)

    def _take_examples(self, line: Line, resource: str | None) -> None:
        """Note the fields that a line names as examples: those of a resource, or of any."""
        names = {name for clause in line.clauses for name in read_examples(clause)}
        if resource is None:
            self._examples_of_all |= names
        elif names:
            self._by_resource.setdefault(resource, Fields()).examples |= names

    def _find_owner(self, line: Line, *, in_section: bool) -> str | None:
        """Find the resource whose fields the line above a list says to be in it."""
        is_listed = line.level > 0 or len(line.cells) > 0
        return find_owner(line.above, self._resources) if in_section and is_listed else None

    def _add_shared(self, line: Line, text: str) -> bool:
        """Add the fields that all resources have alike; return whether there are some."""
        shared = Fields()
        self._add_part(shared, line, text)
        for name in {*self._resources} - list_absent(line, self._resources):
            self._by_resource.setdefault(name, Fields()).take(shared, None)
        return bool(shared.names)

    def _note(self, resource: str, part: Block | Line) -> Fields:
        """Note what a part says of all fields of a resource, and return them."""
        fields = self._by_resource.setdefault(resource, Fields())
        fields.is_complete |= says_complete(part.text)
        fields.is_partial |= says_partial(part.text)
        fields.mentioned.update(list_marked(part.text))
        return fields

    def _add_block(self, block: Block, resource: str | None, *, in_section: bool) -> None:
        for name, described in read_block(block, resource, self._resources, in_section=in_section):
            fields = self._note(name, block)
            for item in described.items():
                fields.add(*item)

    def finish(self) -> dict[str, Fields]:
        """Return the fields of each resource that has some, with those of all resources."""
        for name, other in self._same_fields.items():
            of_other = self._by_resource.get(other, Fields())
            self._by_resource.setdefault(name, Fields()).take(of_other, None)
        self._add_namesakes()
        known = {name: fields for name, fields in self._by_resource.items() if fields.names}
        for resource, fields in known.items():
            fields.untyped |= self._names_of_all
            fields.types = {**self._common.types, **fields.types}
            fields.type_names(self._types_of_names)
            required = {name for of, name in self._required if of in (None, resource)}
            fields.types = remove_nulls(fields.types, required)
        return {**self._list_examples(), **known}

    def _add_namesakes(self) -> None:
        """Add the fields that have the name of their resource, but for an object around all."""
        for resource, (name, description) in self._namesakes.items():
            fields = self._by_resource.get(resource, Fields())
            if fields.types.keys() - fields.holders.keys():
                fields.add(name, description)

    def _list_examples(self) -> dict[str, Fields]:
        """List the resources of which only examples of fields are known."""
        of_each = {
            name: self._by_resource.get(name, Fields()).examples or self._examples_of_all
            for name in self._resources
        }
        return {name: Fields(examples=names) for name, names in of_each.items() if names}

    def _take_common(self, line: Line, resource: str | None) -> list[str]:
        """Add the fields of clauses on all resources, or all rows; return the other clauses."""
        fields, rest = self._common, list[str]()
        if resource:
            fields = self._by_resource.setdefault(resource, Fields())
        for clause in line.clauses:
            kinds = read_types_of_names(clause)
            self._types_of_names = kinds | self._types_of_names
            shared = find_shared(clause, len(self._resources))
            if resource is None and shared and self._add_shared(line, shared):
                continue
            listed = read_common(clause, least_sharing=self._least_sharing)
            if not (kinds or _add_list(fields, listed)):
                rest.append(clause)
        return rest

    def _take_clauses(self, clauses: list[str]) -> list[str]:
        """Add the fields of clauses on a resource, `orders` have `total`; return the others."""
        rest: list[str] = []
        for clause in clauses:
            names, text = read_owners(clause, self._resources)
            for name in names:
                self._add_clause(self._by_resource.setdefault(name, Fields()), clause, text)
            if not names:
                rest.append(clause)
        return rest

    def _add_clause(self, fields: Fields, clause: str, text: str) -> None:
        fields.is_partial = True
        if not self._add_listed(fields, text.rstrip(";")) and is_statement(clause):
            listed = _NOTE.sub("", text).rstrip(".; ")
            only = NAME.fullmatch(listed)
            fields.untyped.update([only[1]] if only else read_names(listed))

    def _add_part(self, fields: Fields, line: Line, text: str) -> None:
        if not line.cells:
            self._add_line(fields, line, text)
        elif not any(self._add_listed(fields, cell) for cell in line.cells[1:]):
            fields.untyped.update(read_name_cells(line))
            for name, description in read_row(line):
                fields.add(name, description)

    def _add_line(self, fields: Fields, line: Line, text: str) -> None:
        if names := read_names(text):
            fields.untyped.update(names)
        elif grouped := read_group(text):
            for name, description in grouped:
                fields.add(name, description)
        elif self._add_listed(fields, text):
            return
        elif text != line.text:  # What begins with the resource is not a field of its name.
            fields.untyped.update(read_bare_names(text))
            _add_list(fields, read_only_field(text))
        elif line.level:
            add_item(fields, line)

    def _add_listed(self, fields: Fields, text: str) -> bool:
        """Add the fields of a list in one line: `id (integer), name (string)`; False if not."""
        stated = read_stated_fields(text)
        fields.stated |= stated
        listed = None if stated else read_list(text, least_sharing=self._least_sharing)
        return bool(stated) or _add_list(fields, listed)


def _add_list(fields: Fields, listed: FieldList | None) -> bool:
    """Add the fields of a list; return whether there is one."""
    if listed is not None:
        for name, words in listed.typed:
            fields.add(name, words)
        fields.untyped.update(listed.names)
        fields.open_names.update(listed.names if listed.typed else ())
    return listed is not None
