"""The expressions of a declaration: `response.next`, `{{ last_page_size < 100 }}`.

They are written in jinja2's language, with or without `{{ }}`, and evaluated inside a load, in the
environment of `sandbox`. Here they are only parsed; jinja2 is not imported by a project without
expressions.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from analytics_ingest.common.expressions.references import References

_OF_A_PAGE = ("response", "headers", "last_record", "last_page_size")
VARIABLES: tuple[str, ...] = (*_OF_A_PAGE, "config", "settings")
"""What an expression of a paginator may read."""
LONGEST = 1_000
_LONGEST_TEXT = 20_000
_ONE_EXPRESSION = re.compile(r"\{\{-?((?:(?!\}\}|\{\{).)*?)-?\}\}", re.DOTALL)


class Settings(Protocol):
    """The settings of an API, by name."""

    def get_value(self, name: str) -> str:
        """Return the value of `sources.<api>.<name>`; a missing one is noted and reported."""
        ...

    def find_value(self, name: str) -> str | None:
        """Find the value of `sources.<api>.<name>`, None where it is not set."""
        ...


def strip_braces(text: str) -> str | None:
    """Return the expression without braces; None for a text that holds more than an expression."""
    if match := _ONE_EXPRESSION.fullmatch(text.strip()):
        return match[1].strip()
    return None if "{{" in text or "{%" in text else text.strip()


@lru_cache(maxsize=4_000)
def find_problem(text: str, variables: tuple[str, ...] = VARIABLES) -> str | None:
    """Return what is wrong with an expression, None where nothing is.

    Args:
        variables: What it may read besides the sandbox's constants and functions.
    """
    from jinja2 import TemplateSyntaxError

    longest = LONGEST if variables == VARIABLES else _LONGEST_TEXT
    if len(text) > longest:
        return f"has {len(text)} characters; an expression has {longest} at most"
    try:
        parsed = _parse(text)
        unknown = _list_unknown_names(parsed, variables)
    except TemplateSyntaxError as error:
        return f"'{text}' is not an expression: {error.message}"
    except RecursionError:
        return "is nested too deeply"
    if statement := _find_statement(parsed):
        return f"'{text}' holds a statement ({statement}); allowed are if, for and set"
    if unknown:
        return f"'{unknown[0]}' is unknown; allowed are {', '.join(variables)}"
    return _find_pattern_problem(parsed)


def find_unknown_names(text: str, variables: tuple[str, ...] = VARIABLES) -> list[str]:
    """Find the names in an expression that it may not read; none where it is not an expression."""
    from jinja2 import TemplateSyntaxError

    try:
        return _list_unknown_names(_parse(text), variables)
    except (TemplateSyntaxError, RecursionError):
        return []


def _parse(text: str) -> Any:
    from analytics_ingest.common.expressions.sandbox import get_environment

    return get_environment().parse(_add_braces(text))


def _add_braces(text: str) -> str:
    """Return an expression as a template: with braces, unless it is a text that holds some."""
    expression = strip_braces(text)
    return text if expression is None else f"{{{{ {expression} }}}}"


def _list_unknown_names(parsed: Any, variables: tuple[str, ...]) -> list[str]:
    from jinja2.meta import find_undeclared_variables

    from analytics_ingest.common.expressions.sandbox import CONSTANTS

    return sorted(find_undeclared_variables(parsed) - {*variables, *CONSTANTS})


def _find_statement(parsed: Any) -> str | None:
    """Find the first statement that an expression may not hold."""
    from jinja2 import nodes

    for statement in parsed.find_all(nodes.Stmt):
        if not isinstance(statement, nodes.Output | nodes.If | nodes.For | nodes.Assign):
            return type(statement).__name__.lower()
        if isinstance(statement, nodes.For) and statement.recursive:
            return "recursive for"
    for call in parsed.find_all((nodes.Call, nodes.Filter, nodes.Test)):
        if call.dyn_args or call.dyn_kwargs:
            return "arguments by * or **"
    return None


def _find_pattern_problem(parsed: Any) -> str | None:
    """Return what is wrong with a regular expression that is written out."""
    from jinja2 import nodes

    filters = (n for n in parsed.find_all(nodes.Filter) if n.name.startswith("regex_") and n.args)
    patterns = (str(f.args[0].value) for f in filters if isinstance(f.args[0], nodes.Const))
    return next(filter(None, map(find_pattern_problem, patterns)), None)


def find_pattern_problem(pattern: str) -> str | None:
    """Return what is wrong with a regular expression, None where nothing is."""
    from analytics_ingest.common.expressions.regexes import CostlyPatternError, compile_pattern

    try:
        compile_pattern(pattern)
    except re.error as error:
        return f"'{pattern}' is not a regular expression: {error}"
    except CostlyPatternError:
        return f"'{pattern}' repeats what repeats, and might never end"
    return None


def find_references(text: str) -> References:
    """Find the settings and the fields of the partition that an expression names."""
    from jinja2.exceptions import TemplateSyntaxError

    from analytics_ingest.common.expressions.find_references import parse_references

    try:
        return parse_references(_add_braces(text))
    except TemplateSyntaxError:  # The declaration refuses it by its key.
        return References.none()


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return names with dots as objects in objects: `a.b` → `{a: {b: …}}`."""
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        part = tree
        for key in above:
            part = part.setdefault(key, {}) if isinstance(part, dict) else {}
        if isinstance(part, dict) and value is not None:
            part[last] = value
    return tree


def read_settings(names: Mapping[str, bool], settings: Settings) -> dict[str, Any]:
    """Read the values of settings as `config` and `settings` hold them in an expression.

    Args:
        names: Each with whether it may be missing.
    """
    from analytics_ingest.common.expressions.setting_text import read_setting

    values = {
        name: settings.find_value(name) if is_optional else settings.get_value(name)
        for name, is_optional in names.items()
    }
    return nest({name: read_setting(value) for name, value in values.items()})
