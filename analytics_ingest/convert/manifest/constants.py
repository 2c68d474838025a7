"""Expressions of a manifest that depend on nothing."""

import ast
import re
from typing import Any

_CONSTANT = re.compile(r"-?\d+(\.\d+)?|true|false|True|False|none|None|'[^']*'|\"[^\"]*\"|''")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}


def is_plain_constant(expression: str) -> bool:
    """Return whether an expression is a number, a text or a word."""
    return _CONSTANT.fullmatch(expression) is not None


def is_constant(expression: str) -> bool:
    """Return whether an expression is a number, a text, a word, or a list or object of these."""
    if is_plain_constant(expression):
        return True
    if expression[:1] not in ("[", "{"):
        return False
    try:
        ast.literal_eval(expression)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def evaluate_constant(expression: str) -> Any:
    """Return the value of a constant."""
    return _WORDS[expression] if expression in _WORDS else ast.literal_eval(expression)
