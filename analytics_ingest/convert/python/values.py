"""What a document's value may be besides plain data: a reference, a function, code not run."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from analytics_ingest.common.json_tree import map_leaves, walk
from analytics_ingest.convert.conversion_log import ConversionError


@dataclass(frozen=True)
class Reference:
    """A value that is elsewhere: in dlt's configuration, the environment, or nowhere."""

    kind: Literal["secret", "setting", "variable"]
    """A variable is one that the document uses and does not define."""
    name: str
    default: str | int | float | None = None
    """Its value where the setting is not set."""
    is_list: bool = False
    """Whether it is split into values: only a list of values takes it."""
    separator: str = ""
    """What the document joins its values with: the setting holds them joined."""

    @property
    def text(self) -> str:
        """As part of a longer text."""
        if self.default is not None:
            return f"{{{{ settings.{self.name} | default({self.default!r}) }}}}"
        return f"{{{self.name}}}" if self.kind == "variable" else f"{{settings.{self.name}}}"


@dataclass(frozen=True)
class Code:
    """An expression that only Python could evaluate."""

    what: str
    """How the report names it; no value of the document is part of it."""
    line: int
    begins: str = ""
    """The text with which its value begins, where that is known."""
    condition: str | None = None
    """The expression that it is as a filter of rows."""
    steps: list[dict[str, Any]] | None = None
    """The steps that it is as a function that changes a row."""
    formats: dict[str, str] | None = None
    """How it reads a cursor, and writes it, as a function that converts one to what is sent."""


@dataclass(frozen=True)
class Definition:
    """A dict of the document, or the argument of a call that makes a source."""

    line: int
    value: Any
    is_source: bool = False


@dataclass(frozen=True)
class Function:
    """A function of the document; a call is replaced by what it returns."""

    body: list[ast.stmt]
    parameters: Mapping[str, Any]
    """With their defaults; None where there is none."""
    row_function: ast.FunctionDef | None = None
    """Itself, if it is a plain one that is defined once."""

    def bind(self, positional: list[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of the parameters in a call."""
        defaults = {name: value for name, value in self.parameters.items() if value is not None}
        return {**defaults, **dict(zip(self.parameters, positional, strict=False)), **keywords}


MOST_VALUES = 100_000
"""Values in the dicts of a document, those within them included; more do not configure an API."""

MOST_STEPS = 500_000
"""Nodes that are visited and values that are made while a document is followed."""

_CHARACTERS_A_STEP = 100


class Budget:
    """What following the code of a document may still cost."""

    def __init__(self) -> None:
        self._left = MOST_STEPS

    def spend(self, value: Any) -> None:
        """Spend on a visit, and on the value that it gave.

        Raises:
            ConversionError: Nothing is left.
        """
        size = len(value) if isinstance(value, str | list | dict) else 0
        self._left -= 1 + (size // _CHARACTERS_A_STEP if isinstance(value, str) else size)
        if self._left < 0:
            raise ConversionError(
                f"the code takes more than {MOST_STEPS} steps to follow; leave out what does not "
                "configure the API"
            )


_NAMED = re.compile(
    r"dlt\.(?P<place>secrets|config)(?:\.get\(|\[)\s*(?P<quote>['\"])(?P<name>[\w.]+)(?P=quote)\s*[\])]"
)


def read_references(value: Any) -> Any:
    """Read the texts that name a secret or a setting, as YAML and JSON do: `dlt.config["x"]`."""

    def read(text: Any) -> Any:
        match = _NAMED.fullmatch(text.strip()) if isinstance(text, str) else None
        kind = "secret" if match and match["place"] == "secrets" else "setting"
        return Reference(kind, to_setting_name(match["name"])) if match else text

    return map_leaves(value, lambda _, leaf: read(leaf))


OMITTED = Code("...", 0)
"""Something that the document leaves out."""


def build_code(node: ast.AST, what: str) -> Code:
    """Build an expression of the document that is not evaluated."""
    return Code(what, getattr(node, "lineno", 1))


def to_setting_name(raw: str) -> str:
    """Return a name under which dlt finds a setting: the end of `sources.shop.api_key`, in a-z_."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", raw.rpartition(".")[2]).strip("_").lower()
    return f"value_{name}".rstrip("_") if not name or name[0].isdigit() else name


def count_values(value: Any) -> int:
    """Count the values in one, up to a limit: one may hold another many times over."""
    return sum(1 for _ in islice(walk(value), MOST_VALUES + 1))


def bind_target(target: ast.expr, value: Any) -> dict[str, Any]:
    """Return the variables of a loop when it comes to a value."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, list):
        names = [element.id for element in target.elts if isinstance(element, ast.Name)]
        return dict(zip(names, value, strict=False))
    return {}
