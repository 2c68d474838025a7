"""Finds lists of steps in code that no configuration holds: `transformations = […]`, or bare.

A list that other code uses belongs where that code says.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from analytics_ingest.convert.markdown import Block
from analytics_ingest.convert.normalize.transformations import AIRBYTE_TYPES, is_transformation
from analytics_ingest.convert.python.constants import Constants, find_constants
from analytics_ingest.convert.python.parse import parse_blocks
from analytics_ingest.convert.python.statements import Interpreter
from analytics_ingest.convert.python.values import Budget, read_references
from analytics_ingest.declaration.models.processing import ProcessingStep

_MAY_HOLD = re.compile(r"transformation|processing_steps|[\"'](?:type|add|remove)", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?P<before>\w+)_)?(?P<key>transformations?|processing_steps)(?:_(?:of_|for_)?(?P<of>\w+))?",
    re.IGNORECASE,
)
_OF_ROWS = {"", "record", "row", "field", "common", "shared", "default", "all"}
"""What precedes the word for steps, and does not name a resource."""


class StepList(NamedTuple):
    """A list of steps, or one for each resource."""

    key: str
    """transformations, or processing_steps."""
    value: Any
    resource: str = ""
    """What its name says besides."""


class StepListReader:
    """Reads the lists of blocks, one after the other.

    Args:
        code: All code of the document.
    """

    def __init__(self, code: Iterable[Block]) -> None:
        self._code = list(code)

    @cached_property
    def _nodes(self) -> list[ast.stmt]:
        return parse_blocks(self._code).nodes

    @cached_property
    def _constants(self) -> Constants:
        return find_constants(self._nodes)

    @cached_property
    def _names(self) -> dict[str, Any]:
        names: dict[str, Any] = {}
        Interpreter(names, Budget(), self._constants).run(self._nodes)
        return names

    @cached_property
    def _used(self) -> set[str]:
        """What the code reads."""
        parts = (part for node in self._nodes for part in ast.walk(node))
        return {p.id for p in parts if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Load)}

    def read(self, block: Block) -> Iterator[StepList]:
        """Yield the lists of a block."""
        if not _MAY_HOLD.search(block.text):
            return
        nodes = parse_blocks([block]).nodes
        if not any(map(_may_be_list, nodes)):
            return  # Without a look at all other code, which takes as long as to read that first.
        interpreter = Interpreter(dict(self._names), Budget(), self._constants)
        interpreter.run(nodes)
        for node in nodes:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)])
                    | ast.AnnAssign(target=ast.Name(id=name))
                ):
                    if (match := _NAME.fullmatch(name)) and name not in self._used:
                        yield _build(match, read_references(interpreter.names.get(name)))
                case ast.Expr(value=ast.List() as listed):
                    value = read_references(_evaluate(interpreter, listed))
                    if is_step_list(value):
                        yield StepList(find_key(value), value)
                case _:
                    pass


def _may_be_list(node: ast.stmt) -> bool:
    """Return whether a statement is a list, or gives something the name of one."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return _NAME.fullmatch(name) is not None
        case ast.Expr(value=ast.List()):
            return True
        case _:
            return False


def is_step_list(value: Any) -> bool:
    """Return whether a value is a list of nothing but steps, in our words or Airbyte's."""
    return isinstance(value, list) and bool(value) and all(map(_is_step, value))


def find_key(steps: list[Any]) -> str:
    """Find the key under which a list of steps is declared."""
    are_airbytes = all(str(step.get("type")) in AIRBYTE_TYPES for step in steps)
    return "transformations" if are_airbytes else "processing_steps"


def _is_step(item: Any) -> bool:
    if not isinstance(item, Mapping) or not item:
        return False
    return item.keys() <= ProcessingStep.model_fields.keys() or is_transformation(item)


def _build(match: re.Match[str], value: Any) -> StepList:
    words = [(match["before"] or "").lower(), (match["of"] or "").lower()]
    others = [word for word in words if word not in _OF_ROWS]
    key = "processing_steps" if match["key"].lower() == "processing_steps" else "transformations"
    return StepList(key, value, "_".join(others))


def _evaluate(interpreter: Interpreter, node: ast.expr) -> Any:
    try:
        return interpreter.visit(node)
    except RecursionError:
        return None
