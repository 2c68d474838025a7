"""Evaluates Python expressions as data: literals, names, references. It runs nothing.

Names stand for what the document assigns to them; those that it does not define become references.
What only Python could evaluate becomes `Code`, which a later pass drops and reports.
"""

import ast
import operator
from collections.abc import Mapping, MutableMapping
from typing import Any

from analytics_ingest.convert.python.calls import (
    Function,
    as_text,
    construct,
    default_or,
    read_setting,
    reference,
    text_method,
)
from analytics_ingest.convert.python.values import (
    MOST_VALUES,
    OMITTED,
    Code,
    Reference,
    setting_name,
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
        return self._code(node, f"{type(node).__name__.lower()} expression")

    def visit_Constant(self, node: ast.Constant) -> Any:
        return OMITTED if node.value is ... else node.value

    def visit_Name(self, node: ast.Name) -> Any:
        value = self.names.get(node.id, _WORDS.get(node.id, Reference("variable", node.id)))
        is_function = isinstance(value, Function)
        return self._code(node, f"the function {node.id}") if is_function else value

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        place = dotted(node.value)
        if node.attr == "value" and place in ("dlt.secrets", "dlt.config"):
            return Reference("secret" if place.endswith("secrets") else "setting", "")
        if known := reference(place, node.attr):
            return known
        value = self.visit(node.value)
        if isinstance(value, dict):
            return value.get(node.attr, Reference("variable", node.attr))
        return Reference("setting", setting_name(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        key = self.visit(node.slice)
        if isinstance(key, str) and (known := reference(dotted(node.value), key)):
            return known
        value = self.visit(node.value)
        if isinstance(value, Reference) and isinstance(key, str):
            return Reference("setting", setting_name(key))
        try:
            if isinstance(value, dict | list | str):
                return value[key]  # pyright: ignore[reportArgumentType, reportCallIssue]
        except (KeyError, IndexError, TypeError):
            pass
        return self._code(node, "a subscript")

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        items: list[Any] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                more = self.visit(element.value)
                items += more if isinstance(more, list) else [self._code(element, "*")]
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
            if key_node is None:
                items |= value if isinstance(value, dict) else {}
                continue
            key = self.visit(key_node)
            if isinstance(key, Reference) and key.kind == "variable":
                key = key.name  # {type: "offset"}, as JavaScript writes it
            if value is not OMITTED and isinstance(key, str | int | float):
                items[str(key)] = value
        return items

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        (first, *others) = node.generators
        turns = None if others or first.ifs else self.turns(first)
        if turns is None:
            return self._code(node, "a comprehension")
        return [
            Evaluator({**self.names, **variables}, self._offset + 1).visit(node.elt)
            for variables in turns
        ]

    def turns(self, loop: ast.comprehension | ast.For) -> list[dict[str, Any]] | None:
        """The variables of each turn of a loop; None unless it runs over known values."""
        values = self.visit(loop.iter)
        return [_bind(loop.target, v) for v in values] if isinstance(values, list) else None

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        values = [v.value if isinstance(v, ast.FormattedValue) else v for v in node.values]
        return self._join(node, [self.visit(value) for value in values])

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self.visit(node.operand)
        is_negative = isinstance(node.op, ast.USub) and isinstance(value, int | float)
        return -value if is_negative else self._code(node, "an operation")

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        values = [self.visit(value) for value in node.values]
        is_default = isinstance(node.op, ast.Or)
        return default_or(values[0], values[-1]) if is_default else self._code(node, "an operation")

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
            case ast.Add(), _, _:
                return self._join(node, [left, right])
            case _:
                return self._code(node, "an operation")

    def visit_Call(self, node: ast.Call) -> Any:
        path = dotted(node.func)
        name = path.rpartition(".")[2]
        arguments = [self.visit(argument) for argument in node.args]
        keywords: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.visit(keyword.value)
            more = value if isinstance(value, dict) else {}
            keywords |= more if keyword.arg is None else {keyword.arg: value}
        if name in SOURCES:
            given = keywords.get("config", arguments[0] if arguments else keywords)
            self.sources.append((self.line_of(node), given))
            return self._code(node, "a source")
        function = self.names.get(name) if isinstance(node.func, ast.Name) else None
        if isinstance(function, Function) and function.returned:
            return self._call(function, function.returned, function.bind(arguments, keywords))
        known = read_setting(path, arguments, keywords)
        if known is None:
            known = construct(name, arguments, keywords)
        if known is None:
            known = self._convert(node.func, name, arguments, keywords)
        return self._code(node, f"{name or 'a function'}(…)") if known is None else known

    def _call(self, function: Function, returned: ast.expr, bound: dict[str, Any]) -> Any:
        inner = Evaluator({**self.names, **bound}, function.line)
        for name, value in function.variables:
            inner.names[name] = inner.visit(value)
        return inner.visit(returned)

    def _convert(
        self, called: ast.expr, name: str, arguments: list[Any], keywords: Mapping[str, Any]
    ) -> Any:
        """The result of a built-in function or method that gives data; None for others."""
        if name in ("str", "int", "list", "deepcopy", "copy") and len(arguments) == 1:
            (first,) = arguments
            return str(first) if name == "str" and isinstance(first, int | float) else first
        value = self.visit(called.value) if isinstance(called, ast.Attribute) else None
        if isinstance(value, str):
            return text_method(value, name, arguments, keywords)
        if isinstance(value, dict) and name == "items":
            return [[key, item] for key, item in value.items()]
        is_same = name in ("copy", "strip", "rstrip") and not isinstance(value, Code)
        return value if is_same else None

    def _join(self, node: ast.AST, parts: list[Any]) -> Any:
        texts = [as_text(part) for part in parts]
        known = [text for text in texts if text is not None]
        if len(known) == len(texts) and sum(map(len, known)) <= _LONGEST:
            return "".join(known)
        return Code("a text put together from values", self.line_of(node), texts[0] or "")

    def _fill(self, node: ast.AST, text: str, values: list[Any]) -> Any:
        """`text % values`."""
        pieces = text.replace("%d", "%s").split("%s")
        if len(pieces) != len(values) + 1:
            return self._code(node, "an operation")
        pairs = zip(pieces, [*values, ""], strict=True)
        return self._join(node, [part for pair in pairs for part in pair])

    def _code(self, node: ast.AST, what: str) -> Code:
        return Code(what, self.line_of(node))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is one, else an empty text."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, int | float) and abs(value) < _LARGEST for value in values)


def _bind(target: ast.expr, value: Any) -> dict[str, Any]:
    """The variables of a loop when it comes to a value."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, list):
        names = [element.id for element in target.elts if isinstance(element, ast.Name)]
        return dict(zip(names, value, strict=False))
    return {}
