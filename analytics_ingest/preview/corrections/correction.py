"""A correction: the key of a declaration, its right value, and the evidence."""

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Removal(Enum):
    """The value of a key that is taken out."""

    REMOVED = "removed"


REMOVED = Removal.REMOVED


@dataclass(frozen=True)
class Correction:
    """One key of a resource, and what the API has shown about it."""

    resource: str
    key: tuple[str, ...]
    """The keys that lead to it, from the resource: `("endpoint", "data_selector")`; of a type in
    the schema file `("fields", <name>)`."""
    value: Any
    """What to declare; `REMOVED` for nothing."""
    evidence: str
    """What the API answered, in a sentence without any value of a row."""

    @property
    def name(self) -> str:
        """The key as messages name it."""
        return ".".join(self.key)

    @property
    def changes_pages(self) -> bool:
        """Whether other rows or pages come with it, so that the listing must be requested again."""
        return self.key[:2] in (("endpoint", "data_selector"), ("endpoint", "paginator"))
