"""Replaces what variables stand for in the code of a function of a row, and works out texts.

metric.lower()  →  'clicks'       stats.get(metric)  →  {…}.get('CLICKS')
"""

import ast
import copy
from collections.abc import Mapping

_TEXT_METHODS = ("lower", "upper", "strip", "title", "capitalize")
_Comprehension = ast.DictComp | ast.GeneratorExp | ast.ListComp | ast.SetComp


def substitute(node: ast.expr, names: Mapping[str, ast.expr]) -> ast.expr:
    """Return an expression in which names are replaced by what they stand for."""
    replaced: ast.expr = _Substitution(names).visit(copy.deepcopy(node))
    return ast.fix_missing_locations(replaced)


class _Substitution(ast.NodeTransformer):
    """Replaces names, outside of what binds them anew, and works out the texts of constants."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        known = self._names.get(node.id) if isinstance(node.ctx, ast.Load) else None
        return copy.deepcopy(known) if known is not None else node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        return node

    def _visit_comprehension(self, node: _Comprehension) -> ast.expr:
        stored = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        bound = {name.id for name in stored if isinstance(name.ctx, ast.Store)}
        outer = {name: value for name, value in self._names.items() if name not in bound}
        _Substitution(outer).generic_visit(node)
        return node

    visit_DictComp = visit_GeneratorExp = _visit_comprehension  # noqa: N815
    visit_ListComp = visit_SetComp = _visit_comprehension  # noqa: N815

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str(text)), attr=method),
                args=[],
                keywords=[],
            ) if method in _TEXT_METHODS:
                return ast.Constant(getattr(text, method)())
            case _:
                return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(
                left=ast.Constant(value=str(left)),
                op=ast.Add(),
                right=ast.Constant(value=str(right)),
            ):
                return ast.Constant(left + right)
            case _:
                return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        self.generic_visit(node)
        parts = [_read_part(part) for part in node.values]
        known = [part for part in parts if part is not None]
        return ast.Constant("".join(known)) if len(known) == len(parts) else node


def _read_part(part: ast.expr) -> str | None:
    match part:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(
            value=ast.Constant(value=str(text)), conversion=-1, format_spec=None
        ):
            return text
        case _:
            return None
