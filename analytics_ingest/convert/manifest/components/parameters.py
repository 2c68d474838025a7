"""The parameters in the expressions of a manifest, replaced by their values."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateSyntaxError

from analytics_ingest.common.expressions.sandbox import get_environment
from analytics_ingest.convert.manifest.components.constants import evaluate_constant, is_constant

_BEFORE_SUM = ("{{", "{%", "(", "[", ",")
_AFTER_SUM = ("}}", "%}", ")", "]", ",", "+")
BLOCK = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PARAMETER = re.compile(
    r"""(?<![\w.$])\$?(?:parameters|options)(?:\.get\(\s*(['"])(?P<got>[^'"]+)\1\s*
    (?:,\s*(?P<default>'[^']*'|"[^"]*"|[\w.]+|\{\s*\}))?\s*\)
    |\[\s*(['"])(?P<quoted>[^'"]+)\4\s*\]|\.(?P<dotted>\w+)(?!\w*\s*\())""",
    re.VERBOSE,
)


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
    # Beside a statement, white space of a literal would be trimmed with that of the template.
    return filled if "{%" in filled else BLOCK.sub(_convert_literal, filled)


def _convert_literal(match: re.Match[str]) -> str:
    """Convert a block whose value is a text, whatever it is filled with, into that text."""
    value = evaluate_constant(match[1]) if is_constant(match[1]) else None
    return value if isinstance(value, str) else match[0]


def _join_texts(block: str) -> str:
    """Join texts with a plus between them: `config['a_' + 'b']` is `config['a_b']`."""
    try:
        tokens = [value for _, _, value in get_environment().lex(block)]
    except TemplateSyntaxError:
        return block
    places = [place for place, token in enumerate(tokens) if not token.isspace()]
    for start in range(len(places) - 4):
        around = [tokens[place] for place in places[start : start + 5]]
        if _is_sum_of_texts(*around):
            joined = ast.literal_eval(around[1]) + ast.literal_eval(around[3])
            tokens[places[start + 1] : places[start + 3] + 1] = [repr(joined)]
            return _join_texts("".join(tokens))
    return block


def _is_sum_of_texts(before: str, first: str, plus: str, second: str, after: str) -> bool:
    """Return whether two texts are added before anything else happens to them."""
    is_alone = before.strip("-") in _BEFORE_SUM and after.strip("-") in _AFTER_SUM
    are_texts = all(text[:1] in ("'", '"') for text in (first, second))
    return plus == "+" and is_alone and are_texts
