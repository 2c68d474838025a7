"""What the prose says of the fields of a resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics_ingest.convert.prose.words.field_types import (
    find_type,
    find_union,
    is_key,
    is_primary_key,
)

Place = tuple[tuple[str, ...], int, str]
"""A list: the headings above it, how deep it is, and the line above it."""


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
    open: dict[str, Place] = field(default_factory=dict)
    """Those of items that name no type → the list of each."""
    open_names: set[str] = field(default_factory=set)
    """Those without a type of lists in one line in which others have one."""
    lists: set[Place] = field(default_factory=set)
    """The lists that have items with a type."""
    is_complete: bool = False
    """Whether the document says that there are no others."""
    mentioned: set[str] = field(default_factory=set)
    """What lines on the fields mark, whether it is a field or not."""
    holders: dict[str, str] = field(default_factory=dict)
    """Those of nested lists → the object that holds them."""
    unions: dict[str, set[str]] = field(default_factory=dict)
    """Those that may be of several types."""
    examples: set[str] = field(default_factory=set)
    """Those that a sentence names only as examples, where it is on this or on any resource."""
    is_partial: bool = False
    """Whether a sentence names some, without a list of all."""

    stated: dict[str | None, str] = field(default_factory=dict)
    """Types of which sentences speak; None for all others. They do not list all fields."""

    @property
    def names(self) -> set[str]:
        """All that are known; the rows may have more."""
        return {*self.types, *self.untyped, *self.unions}

    def add(self, name: str, description: str) -> None:
        """Take a field if its description names a type, or several."""
        if union := find_union(description):
            self.unions.setdefault(name, union)
        if kind := find_type(description):
            self.types.setdefault(name, kind)
            if is_primary_key(description) and name not in self.keys:
                self.keys.append(name)
            elif is_key(description) and name not in self.identifiers:
                self.identifiers.append(name)

    def list_open(self) -> list[str]:
        """List the fields without a type of lists in which others have one."""
        listed = [name for name, place in self.open.items() if place in self.lists]
        listed += sorted(self.open_names - {*listed})
        return [name for name in listed if name not in {**self.types, **self.unions}]

    def type_names(self, of_names: Mapping[str, str]) -> None:
        """Give those without a type the one of their name, else that of the others.

        Args:
            of_names: The types of all fields of a name.
        """
        rest = self.stated.get(None)
        untyped = sorted(self.untyped - self.types.keys())
        kinds = {name: of_names.get(name) or self.stated.get(name, rest) for name in untyped}
        self.types = {**{name: kind for name, kind in kinds.items() if kind}, **self.types}

    def take(self, others: "Fields", holder: str | None) -> None:
        """Take the fields of a line, those of a nested list unless the row has them itself."""
        for name, kind in others.types.items():
            if holder and name not in self.types:
                self.holders[name] = holder
            elif not holder and self.holders.pop(name, None):
                self.types[name] = kind
            self.types.setdefault(name, kind)
        self.unions = {**self.unions, **({} if holder else others.unions), **self.unions}
        self.keys += [name for name in others.keys if name not in self.keys]
        self.identifiers += [n for n in others.identifiers if n not in self.identifiers]
        self.untyped |= others.untyped
        self.open_names |= set() if holder else others.open_names
        self.stated |= others.stated
        self.lists |= others.lists
        self.open |= {} if holder else others.open
