"""Evaluates Python expressions as data: literals, names, references. It runs nothing.

Names stand for what the document assigns to them; those that it does not define become references.
What only Python could evaluate becomes `Code`, which a later pass drops and reports.
"""

import ast
import copy
import operator
from dataclasses import replace
from typing import Any

from analytics_ingest.convert.python.calls import (
    as_text,
    call_method,
    choose_default,
    construct,
    find_reference,
    read_setting,
)
from analytics_ingest.convert.python.clock import call_clock, move, read_clock
from analytics_ingest.convert.python.constants import Constants
from analytics_ingest.convert.python.row_mappings import build_row_function
from analytics_ingest.convert.python.values import (
    MOST_VALUES,
    OMITTED,
    Budget,
    Code,
    Definition,
    Function,
    Reference,
    bind_target,
    build_code,
    to_setting_name,
)

SOURCES = ("rest_api_source", "rest_api_resources", "rest_api")

_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "nil": None}
_ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}
_LARGEST = 2**63
_LONGEST = 100_000
"""Larger numbers and longer texts are not worked out: a document could double them forever."""


class Evaluator(ast.NodeVisitor):
    """Evaluates expressions.

    Args:
        names: The variables of the document and their values.
        budget: Ends documents whose values double, or whose functions call each other.
        constants: Names that stand for one literal throughout.
    """

    def __init__(self, names: dict[str, Any], budget: Budget, constants: Constants) -> None:
        self.names, self.constants = names, constants
        self.budget = budget
        self.definitions: list[Definition] = []

    def visit(self, node: ast.AST) -> Any:
        """Evaluate a node."""
        value = super().visit(node)
        self.budget.spend(value)
        return value

    def generic_visit(self, node: ast.AST) -> Any:
        """Treat everything else as code; sources may be made within it."""
        super().generic_visit(node)
        return build_code(node, f"{type(node).__name__.lower()} expression")

    def visit_Constant(self, node: ast.Constant) -> Any:
        return OMITTED if node.value is ... else node.value

    def visit_Name(self, node: ast.Name) -> Any:
        value = self.names.get(node.id, _WORDS.get(node.id, Reference("variable", node.id)))
        if not isinstance(value, Function):
            return value
        what = f"the function {node.id}"
        return build_row_function(node, value.row_function, what, self.names, self.constants)

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return build_row_function(node, node, "lambda expression", self.names, self.constants)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        place = join_names(node.value)
        if node.attr == "value" and place in ("dlt.secrets", "dlt.config"):
            return Reference("secret" if place.endswith("secrets") else "setting", "")
        if known := find_reference(place, node.attr):
            return known
        value = self.visit(node.value)
        if isinstance(value, dict):
            return value.get(node.attr, Reference("variable", node.attr))
        return Reference("setting", to_setting_name(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        key = self.visit(node.slice)
        if isinstance(key, str) and (known := find_reference(join_names(node.value), key)):
            return known
        value = self.visit(node.value)
        if isinstance(value, Reference) and isinstance(key, str):
            return Reference("setting", to_setting_name(key))
        try:
            return value[key]  # pyright: ignore[reportIndexIssue]
        except (KeyError, IndexError, TypeError):
            return build_code(node, "a subscript")

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        items: list[Any] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                more = self.visit(element.value)
                items += more if isinstance(more, list) else [build_code(element, "*")]
            else:
                items.append(self.visit(element))
        return [item for item in items if item is not OMITTED]

    visit_Tuple = visit_List  # noqa: N815

    def visit_Set(self, node: ast.Set) -> Any:
        return self.visit_List(node) or OMITTED  # `{...}`

    def visit_Dict(self, node: ast.Dict) -> Any:
        items: dict[str, Any] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.visit(value_node)
            key = self.visit(key_node) if key_node else None
            if isinstance(key, Reference) and key.kind == "variable":
                key = key.name  # {type: "offset"}, as JavaScript writes it
            if key_node is None:
                items |= value if isinstance(value, dict) else {}
            elif value is not OMITTED and isinstance(key, str | int | float):
                items[str(key)] = value
        return items

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        (loop, *others) = node.generators
        values = None if others or loop.ifs else self.visit(loop.iter)
        is_setting = isinstance(values, Reference)
        if not (is_setting or isinstance(values, list)):
            return build_code(node, "a comprehension")
        inner, items = copy.copy(self), []
        for value in [values] if is_setting else values:
            self.budget.spend(self.names)
            inner.names = {**self.names, **bind_target(loop.target, value)}
            items.append(inner.visit(node.elt))
        if not is_setting:
            return items
        # A setting that lists values stays one if each is taken as it is.
        is_whole = items == [values]
        return replace(values, is_list=True) if is_whole else build_code(node, "a comprehension")

    def list_iterations(self, loop: ast.For) -> list[dict[str, Any]] | None:
        """List the variables of each turn of a loop; None unless it runs over known values."""
        values = self.visit(loop.iter)
        return [bind_target(loop.target, v) for v in values] if isinstance(values, list) else None

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        return self._join(node, [self.visit(value) for value in node.values])

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        is_formatted = node.format_spec or node.conversion not in (-1, ord("s"))
        return build_code(node, "a format") if is_formatted else self.visit(node.value)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self.visit(node.operand)
        is_negative = isinstance(node.op, ast.USub) and isinstance(value, int | float)
        return -value if is_negative else build_code(node, "an operation")

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        values = [self.visit(value) for value in node.values]
        is_default = isinstance(node.op, ast.Or)
        return (
            choose_default(values[0], values[-1])
            if is_default
            else build_code(node, "an operation")
        )

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        left, right = self.visit(node.left), self.visit(node.right)
        match node.op, left, right:
            case ast.BitOr(), dict(), dict():
                return {**left, **right}
            case ast.Add(), list(), list() if len(left) + len(right) <= MOST_VALUES:
                return left + right
            case ast.Mod(), str(), _:
                return self._fill(node, left, right if isinstance(right, list) else [right])
            case ((ast.Add() | ast.Sub() | ast.Mult()), _, _) if _is_number(left, right):
                return _ARITHMETIC[type(node.op)](left, right)
            case ((ast.Add() | ast.Sub()), Code(), Code()):
                moved = move(left, right, 1 if isinstance(node.op, ast.Add) else -1)
                return moved or build_code(node, "an operation")
            case ast.Add(), _, _:
                return self._join(node, [left, right])
            case _:
                return build_code(node, "an operation")

    def visit_Call(self, node: ast.Call) -> Any:
        path = join_names(node.func)
        name = path.rpartition(".")[2]
        arguments, keywords = self.evaluate_arguments(node)
        if name in SOURCES:
            given = keywords.get("config", arguments[0] if arguments else keywords)
            self.definitions.append(Definition(node.lineno, given, is_source=True))
            return build_code(node, "a source")
        known = read_setting(path, arguments, keywords)
        if known is None:
            known = construct(name, arguments, keywords)
        if known is None:
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            known = read_clock(path, list(map(ast.unparse, values)), keywords, node.lineno)
        if known is None and isinstance(node.func, ast.Attribute):
            holder, method = self.visit(node.func.value), node.func.attr
            known = call_method(holder, method, arguments, keywords)
            known = known or call_clock(holder, method, arguments, keywords)
        return build_code(node, f"{name or 'a function'}(…)") if known is None else known

    def evaluate_arguments(self, call: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        """Return the values of a call's arguments, by position and by name."""
        keywords: dict[str, Any] = {}
        for keyword in call.keywords:
            value = self.visit(keyword.value)
            more = value if isinstance(value, dict) else {}
            keywords |= more if keyword.arg is None else {keyword.arg: value}
        return [self.visit(argument) for argument in call.args], keywords

    def _join(self, node: ast.AST, parts: list[Any]) -> Any:
        texts = [as_text(part) for part in parts]
        known = [text for text in texts if text is not None]
        if len(known) == len(texts) and sum(map(len, known)) <= _LONGEST:
            return "".join(known)
        return Code("a text put together from values", getattr(node, "lineno", 1), texts[0] or "")

    def _fill(self, node: ast.AST, text: str, values: list[Any]) -> Any:
        """Return `text % values`."""
        pieces = text.replace("%d", "%s").split("%s")
        if len(pieces) != len(values) + 1:
            return build_code(node, "an operation")
        pairs = zip(pieces, [*values, ""], strict=True)
        return self._join(node, [part for pair in pairs for part in pair])


def join_names(node: ast.AST) -> str:
    """Return `a.b.c` for an expression that is one, else an empty text."""
    if isinstance(node, ast.Attribute):
        return f"{join_names(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, int | float) and abs(value) < _LARGEST for value in values)
