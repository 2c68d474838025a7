"""Expressions of a manifest that depend on nothing."""

import ast
import re
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest.common.expressions.filters import Text
from analytics_ingest.common.expressions.sandbox import get_environment
from analytics_ingest.common.expressions.text import interpret_value

_CONSTANT = re.compile(r"-?\d+(\.\d+)?|true|false|True|False|none|None|'[^']*'|\"[^\"]*\"|''")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}


def is_plain_constant(expression: str) -> bool:
    """Return whether an expression is a number, a text or a word."""
    return _CONSTANT.fullmatch(expression) is not None


def is_constant(expression: str) -> bool:
    """Return whether an expression reads nothing, neither a name nor the clock."""
    return is_plain_constant(expression) or _is_literal(expression) or _is_computed(expression)


def evaluate_constant(expression: str) -> Any:
    """Return the value of a constant."""
    if expression in _WORDS:
        return _WORDS[expression]
    if is_plain_constant(expression) or _is_literal(expression):
        return ast.literal_eval(expression)
    return _compute(expression)


def _is_literal(expression: str) -> bool:
    """Return whether an expression is a list or an object of constants."""
    if expression[:1] not in ("[", "{"):
        return False
    try:
        ast.literal_eval(expression)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_computed(expression: str) -> bool:
    """Return whether an expression computes with constants only, such as filled-in parameters."""
    try:
        parsed = get_environment().parse(f"{{{{ {expression} }}}}")
        return not any(parsed.find_all(nodes.Name)) and _is_plain(_compute(expression))
    except (TemplateSyntaxError, ApiError):
        return False


def _is_plain(value: Any) -> bool:
    """Return whether a value is sent alike wherever it is: a number, or a text that stays one."""
    if isinstance(value, str):
        is_text = not isinstance(value, Text) and not set("{}") & set(value)
        return is_text and bool(value) and interpret_value(value) == value
    return isinstance(value, int | float) and not isinstance(value, bool)


def _compute(expression: str) -> Any:
    return evaluate(f"{{{{ {expression} }}}}", {}, "the manifest")
