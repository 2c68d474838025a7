"""What a document's value may be besides plain data: a reference, a function, code not run."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from analytics_ingest.common.json_tree import walk


@dataclass(frozen=True)
class Reference:
    """A value that stands elsewhere: in dlt's configuration, the environment, or nowhere."""

    kind: Literal["secret", "setting", "variable"]
    """A variable is one that the document uses and does not define."""
    name: str

    @property
    def text(self) -> str:
        """As part of a longer text."""
        return f"{{{self.name}}}" if self.kind == "variable" else f"{{settings.{self.name}}}"


@dataclass(frozen=True)
class Code:
    """An expression that only Python could evaluate."""

    what: str
    """How the report names it; no value of the document is part of it."""
    line: int
    begins: str = ""
    """The text with which its value begins, where that is known."""


@dataclass(frozen=True)
class Definition:
    """A dict of the document, or the argument of a call that makes a source."""

    line: int
    value: Any
    is_source: bool = False


@dataclass(frozen=True)
class Function:
    """A function of the document; a call stands for what it returns."""

    body: list[ast.stmt]
    parameters: Mapping[str, Any]
    """With their defaults; None where there is none."""

    def bind(self, positional: list[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the parameters in a call."""
        defaults = {name: value for name, value in self.parameters.items() if value is not None}
        return {**defaults, **dict(zip(self.parameters, positional, strict=False)), **keywords}


MOST_VALUES = 100_000
"""Values in one dict of a document, those within it included; more do not configure an API."""

OMITTED = Code("...", 0)
"""Something that the document leaves out."""


def code(node: ast.AST, what: str) -> Code:
    """An expression of the document that is not evaluated."""
    return Code(what, getattr(node, "lineno", 1))


def setting_name(raw: str) -> str:
    """A name under which dlt finds a setting: the last part of `sources.shop.api_key`, in a-z_."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", raw.rpartition(".")[2]).strip("_").lower()
    return f"value_{name}".rstrip("_") if not name or name[0].isdigit() else name


def is_too_large(value: Any) -> bool:
    """Whether a value holds too much, as one may that holds another many times over."""
    return next(islice(walk(value), MOST_VALUES, None), None) is not None
