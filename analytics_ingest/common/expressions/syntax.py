"""The expressions of a declaration: `response.next`, `{{ last_page_size < 100 }}`.

They are written in jinja2's language, with or without `{{ }}`, and evaluated inside a load, in the
environment of `sandbox`. Here they are only parsed; jinja2 is not imported by a project without
expressions.
"""

import re
from functools import lru_cache
from typing import Protocol

_OF_A_PAGE = ("response", "headers", "last_record", "last_page_size")
VARIABLES: tuple[str, ...] = (*_OF_A_PAGE, "config", "settings")
LONGEST = 1_000

_SETTING = re.compile(
    r"""(?<![\w.])(?:settings|config)(?:\.get\(\s*['"](\w+)|\.(\w+)|\[\s*['"](\w+))"""
)
_ONE_EXPRESSION = re.compile(r"\{\{-?((?:(?!\}\}|\{\{).)*?)-?\}\}", re.DOTALL)


class Settings(Protocol):
    """The settings of an API, by name."""

    def value(self, name: str) -> str:
        """The value of `sources.<api>.<name>`."""
        ...


def bare(text: str) -> str | None:
    """The expression without braces; None for a text in which expressions stand."""
    if match := _ONE_EXPRESSION.fullmatch(text.strip()):
        return match[1].strip()
    return None if "{{" in text or "{%" in text else text.strip()


@lru_cache(maxsize=1_000)
def problem_of(text: str) -> str | None:
    """What is wrong with an expression, None where nothing is."""
    from jinja2 import TemplateSyntaxError, nodes
    from jinja2.meta import find_undeclared_variables

    from analytics_ingest.common.expressions.sandbox import CONSTANTS, environment

    if len(text) > LONGEST:
        return f"has {len(text)} characters; an expression has {LONGEST} at most"
    expression = bare(text)
    try:
        parsed = environment().parse(text if expression is None else f"{{{{ {expression} }}}}")
        unknown = find_undeclared_variables(parsed) - {*VARIABLES, *CONSTANTS}
    except TemplateSyntaxError as error:
        return f"'{text}' is not an expression: {error.message}"
    except RecursionError:
        return "is nested too deeply"
    for statement in parsed.find_all(nodes.Stmt):
        if not isinstance(statement, nodes.Output | nodes.If):
            kind = type(statement).__name__.lower()
            return f"'{text}' holds a statement ({kind}); only {{% if %}} may stand in a text"
    if unknown:
        return f"'{min(unknown)}' is unknown; allowed are {', '.join(VARIABLES)}"
    return None


def settings_of(text: str) -> list[str]:
    """The settings that an expression names: `settings.x`, `config['x']`, `config.get('x')`."""
    return [name for names in _SETTING.findall(text) for name in names if name]
