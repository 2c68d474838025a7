"""The parameters in the expressions of a manifest, replaced by their values."""

import ast
import re
from collections.abc import Mapping
from typing import Any

BLOCK = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PARAMETER = re.compile(
    r"""(?<![\w.$])\$?(?:parameters|options)(?:\.get\(\s*(['"])(?P<got>[^'"]+)\1\s*
    (?:,\s*(?P<default>'[^']*'|"[^"]*"|[\w.]+|\{\s*\}))?\s*\)
    |\[\s*(['"])(?P<quoted>[^'"]+)\4\s*\]|\.(?P<dotted>\w+)(?!\w*\s*\())""",
    re.VERBOSE,
)
_SUM = re.compile(r"""(['"])([^'"\\]*)\1\s*\+\s*(['"])([^'"\\]*)\3""")


def fill_parameters(text: str, parameters: Mapping[str, Any]) -> str:
    """Replace the parameters in the expressions of a text by their values."""
    if "{" not in text:
        return text

    def fill(match: re.Match[str]) -> str:
        name = match["got"] or match["quoted"] or match["dotted"]
        if name in parameters:
            value = parameters[name]
            return repr(value)
        return match["default"] or "None"

    filled = JINJA.sub(lambda block: _PARAMETER.sub(fill, block[0]), text)
    filled = JINJA.sub(lambda block: _join_texts(block[0]), filled)
    return BLOCK.sub(_convert_literal, filled)


def _convert_literal(match: re.Match[str]) -> str:
    """Convert a block that is a text alone, as that text."""
    inner = match[1]
    is_text = re.fullmatch(r"'[^']*'|\"[^\"]*\"", inner) is not None
    return str(ast.literal_eval(inner)) if is_text and "\\" not in inner else match[0]


def _join_texts(block: str) -> str:
    """Join texts with a plus between them."""
    while match := _SUM.search(block):
        block = block[: match.start()] + repr(match[2] + match[4]) + block[match.end() :]
    return block
