"""A small interpreter of literals: a syntax tree → data, references and code. It runs nothing.

Names stand for what was assigned to them in the document; those that are not defined become
references. What only Python could evaluate becomes `Code`, to be dropped and reported later.
"""

import ast
import operator
from collections.abc import Callable, MutableMapping
from typing import Any

from analytics_ingest.convert.python.calls import (
    ENVIRONMENT,
    as_text,
    constructed,
    default_or,
    reference,
    text_method,
)
from analytics_ingest.convert.python.functions import Function
from analytics_ingest.convert.python.values import (
    MOST_VALUES,
    OMITTED,
    Code,
    Reference,
    setting_name,
)

SOURCES = ("rest_api_source", "rest_api_resources", "rest_api")

_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "nil": None}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_LARGEST = 2**63
_LONGEST = 100_000
"""Larger numbers and longer texts are not worked out: a document could double them for ever."""


class Evaluator(ast.NodeVisitor):
    """Evaluates expressions.

    Args:
        names: The variables of the document and their values.
        line: Line of the document on which the parsed text begins.
    """

    def __init__(self, names: MutableMapping[str, Any], line: int) -> None:
        self.names = names
        self.sources: list[tuple[int, Any]] = []
        """Line and configuration of each call that makes a source."""
        self._offset = line - 1

    def line_of(self, node: ast.AST) -> int:
        """The line of the document on which a node stands."""
        return getattr(node, "lineno", 1) + self._offset

    def generic_visit(self, node: ast.AST) -> Any:
        """Everything else is code; sources may be made within it."""
        super().generic_visit(node)
        return Code(f"{type(node).__name__.lower()} expression", self.line_of(node))

    def visit_Constant(self, node: ast.Constant) -> Any:
        return OMITTED if node.value is ... else node.value

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id in self.names:
            value = self.names[node.id]
            is_function = isinstance(value, Function)
            return Code(f"the function {node.id}", self.line_of(node)) if is_function else value
        if node.id in _WORDS:
            return _WORDS[node.id]
        return Reference("variable", node.id)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        place = dotted(node.value)
        if node.attr == "value" and place in ("dlt.secrets", "dlt.config"):
            return Reference("secret" if place.endswith("secrets") else "setting", "")
        if found := reference(place, node.attr):
            return found
        value = self.visit(node.value)
        if isinstance(value, dict):
            return value.get(node.attr, Reference("variable", node.attr))
        return Reference("setting", setting_name(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        key = self.visit(node.slice)
        if isinstance(key, str) and (found := reference(dotted(node.value), key)):
            return found
        value = self.visit(node.value)
        try:
            if isinstance(value, dict | list | str):
                return value[key]  # pyright: ignore[reportArgumentType, reportCallIssue]
        except (KeyError, IndexError, TypeError):
            return Code("a subscript that leads nowhere", self.line_of(node))
        if isinstance(value, Reference) and isinstance(key, str):
            return Reference("setting", setting_name(key))
        return Code("a subscript", self.line_of(node))

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        items: list[Any] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                more = self.visit(element.value)
                items += more if isinstance(more, list) else [Code("*", self.line_of(element))]
            else:
                items.append(self.visit(element))
        return [item for item in items if item is not OMITTED]

    visit_Tuple = visit_List  # noqa: N815

    def visit_Set(self, node: ast.Set) -> Any:
        return self.visit_List(node) or OMITTED  # `{...}`

    def visit_Dict(self, node: ast.Dict) -> Any:
        found: dict[str, Any] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.visit(value_node)
            if key_node is None:
                found |= value if isinstance(value, dict) else {}
                continue
            key = self.visit(key_node)
            if isinstance(key, Reference) and key.kind == "variable":
                key = key.name  # {type: "offset"}, as JavaScript writes it
            if value is not OMITTED and isinstance(key, str | int | float):
                found[str(key)] = value
        return found

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        (first, *others) = node.generators
        values = self.visit(first.iter)
        if others or first.ifs or not isinstance(values, list):
            return Code("a comprehension", self.line_of(node))
        items: list[Any] = []
        for value in values:
            inner = Evaluator({**self.names, **bound_to(first.target, value)}, self._offset + 1)
            items.append(inner.visit(node.elt))
        return items

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        parts = [
            self.visit(v.value if isinstance(v, ast.FormattedValue) else v) for v in node.values
        ]
        return self._joined(node, parts)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self.visit(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return -value
        return Code("an operation", self.line_of(node))

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        values = [self.visit(value) for value in node.values]
        if isinstance(node.op, ast.Or):
            return default_or(values[0], values[-1])
        return Code("an operation", self.line_of(node))

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(left, dict) and isinstance(right, dict) and isinstance(node.op, ast.BitOr):
            return {**left, **right}
        if isinstance(left, list) and isinstance(right, list) and isinstance(node.op, ast.Add):
            is_usual = len(left) + len(right) <= MOST_VALUES
            return left + right if is_usual else Code("a long list", self.line_of(node))
        if isinstance(left, str) and isinstance(node.op, ast.Mod):
            return self._percent(node, left, right if isinstance(right, list) else [right])
        if _is_number(left) and _is_number(right) and type(node.op) in _ARITHMETIC:
            return _ARITHMETIC[type(node.op)](left, right)
        if isinstance(node.op, ast.Add):
            return self._joined(node, [left, right])
        return Code("an operation", self.line_of(node))

    def visit_Call(self, node: ast.Call) -> Any:
        name = dotted(node.func).rpartition(".")[2]
        arguments = [self.visit(argument) for argument in node.args]
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.visit(keyword.value)
            more = value if isinstance(value, dict) else {}
            keywords |= more if keyword.arg is None else {keyword.arg: value}
        if name in SOURCES:
            given = keywords.get("config", arguments[0] if arguments else keywords)
            self.sources.append((self.line_of(node), given))
            return Code("a source", self.line_of(node))
        function = self.names.get(name) if isinstance(node.func, ast.Name) else None
        if isinstance(function, Function) and function.returned:
            return self._returned(function, arguments, keywords)
        found = self._called(node, arguments, keywords)
        return Code(f"{name or 'a function'}(…)", self.line_of(node)) if found is None else found

    def _returned(self, function: Function, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        bound = function.bound(arguments, keywords)
        inner = Evaluator({**self.names, **bound}, function.line)
        for name, value in function.variables:
            inner.names[name] = inner.visit(value)
        return inner.visit(function.returned) if function.returned else None

    def _called(self, node: ast.Call, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        place, _, name = dotted(node.func).rpartition(".")
        first = arguments[0] if arguments else None
        if isinstance(first, str) and (name == "get" or dotted(node.func) in ENVIRONMENT):
            found = reference(place if name == "get" else dotted(node.func), first)
            default = arguments[1] if len(arguments) > 1 else keywords.get("default")
            if found:
                return default_or(found, default)
        if (known := constructed(name, arguments, keywords)) is not None:
            return known
        if name in ("str", "int", "list", "deepcopy", "copy") and len(arguments) == 1:
            return str(first) if name == "str" and isinstance(first, int | float) else first
        if isinstance(node.func, ast.Attribute):
            value = self.visit(node.func.value)
            if isinstance(value, str):
                return text_method(value, node.func.attr, arguments, keywords)
            if isinstance(value, dict) and name == "items":
                return [[key, item] for key, item in value.items()]
            if name in ("copy", "strip", "rstrip") and not isinstance(value, Code):
                return value
        return None

    def _joined(self, node: ast.AST, parts: list[Any]) -> Any:
        texts = [as_text(part) for part in parts]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts) or sum(map(len, known)) > _LONGEST:
            begins = texts[0] or ""
            return Code("a text put together from values", self.line_of(node), begins)
        return "".join(known)

    def _percent(self, node: ast.AST, text: str, values: list[Any]) -> Any:
        pieces = text.replace("%d", "%s").split("%s")
        if len(pieces) != len(values) + 1:
            return Code("an operation", self.line_of(node))
        mixed = [part for pair in zip(pieces, [*values, ""], strict=True) for part in pair]
        return self._joined(node, mixed)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < _LARGEST


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is one, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def bound_to(target: ast.expr, value: Any) -> dict[str, Any]:
    """The variables of a loop when it comes to a value."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, list):
        names = [element.id for element in target.elts if isinstance(element, ast.Name)]
        return dict(zip(names, value, strict=False))
    return {}
