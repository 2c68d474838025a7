"""The texts of a manifest: constants are decided, plain names become placeholders.

`{{ config['x'] }}` becomes `{settings.x}`, `{{ stream_partition.id }}` the field of the parent and
`{{ stream_interval.start_time }}` the start of the window. A text that holds more than names
keeps the manifest's own Jinja, its parameters filled in.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.common.expressions.text import has_expression, interpret_value, render
from analytics_ingest.convert.manifest.components.component import UnsupportedError
from analytics_ingest.convert.manifest.components.constants import (
    evaluate_constant,
    is_constant,
    is_plain_constant,
)
from analytics_ingest.convert.manifest.components.parameters import BLOCK, JINJA, fill_parameters
from analytics_ingest.convert.manifest.components.slices import SLICE, resolve_slices
from analytics_ingest.convert.manifest.connection import Connection
from analytics_ingest.convert.normalize.placeholders import SETTING

_ACCESS = re.compile(
    r"""\.get\(\s*(['"])(?P<got>[^'"]+)\1\s*(?:,\s*(?:\{\s*\}|None|''|""))?\s*\)
    |\[\s*(['"])(?P<quoted>[^'"]+)\3\s*\]|\.(?P<dotted>\w+)(?!\w*\s*\()""",
    re.VERBOSE,
)
_GET_WITH_DEFAULT = re.compile(r"""\.get\(\s*(['"])([^'"]+)\1\s*(?=,)""")
_ROOT = re.compile(r"(?<![\w.'\"])config(?=\s*[.\[])")
_WHOLE_CONFIG = re.compile(r"(?<![\w.'\"])config(?!\s*[.\[\w'\"=])")


class Interpolation:
    """Converts the texts of one stream.

    Args:
        names: What `stream_partition` and `stream_interval` hold: a name → its placeholder.
        used: Called with each name that a text uses.
    """

    def __init__(
        self,
        connection: Connection,
        names: Mapping[str, str],
        used: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.connection = connection
        self._names = names
        self._used = used
        self._are_needed = False
        self.in_expressions: set[str] = set()
        """Names of the partition that expressions read."""

    def convert_value(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """Convert the texts in a value of a request; a constant alone keeps its type."""
        if isinstance(value, Mapping):
            return {
                str(self.convert_value(key, parameters)): self.convert_value(item, parameters)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.convert_value(item, parameters) for item in value]
        return self._convert_parts(value, parameters) if isinstance(value, str) else value

    def convert_json(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """Convert the texts in a JSON body; one that reads as a number or a list is one."""
        if isinstance(value, Mapping):
            return {
                str(self.convert_value(key, parameters)): self.convert_json(item, parameters)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.convert_json(item, parameters) for item in value]
        converted = self.convert_value(value, parameters)
        if not isinstance(converted, str) or not converted:
            return converted
        if match := SETTING.fullmatch(converted):
            return self._fill_typed(match[1], converted)
        is_text = "{{" in converted or "{settings." in converted
        return converted if is_text else interpret_value(converted)

    def _fill_typed(self, name: str, placeholder: str) -> str:
        """Return a setting as the value of a JSON body, in its own type."""
        kind = self.connection.used[name].type
        if kind == "boolean":
            return f"{{{{ true if config.get('{name}') else false }}}}"
        return placeholder if kind == "string" else f"{{{{ config.get('{name}') }}}}"

    def convert_text(self, value: str, parameters: Mapping[str, Any]) -> str:
        """Convert a text whose settings must be set, such as an address."""
        converted = self.convert_needed(value, parameters)
        return converted if isinstance(converted, str) else render(converted)

    def convert_needed(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """Convert texts whose settings must be set, such as those of a login."""
        self._are_needed = True
        try:
            return self.convert_value(value, parameters)
        finally:
            self._are_needed = False

    def convert_expression(self, value: str, parameters: Mapping[str, Any]) -> str:
        """Convert an expression as written, its parameters filled in and its settings named."""
        text = self._rename_settings(_fill(value, parameters))
        self.in_expressions.update(self._list_partition_names(text))
        return text

    def evaluate_constant(self, value: Any, parameters: Mapping[str, Any]) -> Any:
        """Return the value of a text that depends on nothing; any other text as it is."""
        if not isinstance(value, str):
            return value
        filled = _fill(value, parameters)
        inner = strip_braces(filled) or ""
        return evaluate_constant(inner) if "{{" in filled and is_constant(inner) else filled

    def _convert_parts(self, value: str, parameters: Mapping[str, Any]) -> Any:
        filled = _fill(value, parameters).removesuffix("\n")  # As jinja2 does.
        if "{{" not in filled and "{%" not in filled:
            return _escape(filled)
        inner = strip_braces(filled)
        if inner is not None and is_constant(inner):
            return evaluate_constant(inner)
        if "{%" in filled:
            return self._keep_expression(filled)
        parts, end = [], 0
        for match in BLOCK.finditer(filled):
            text = self._build_placeholder(match[1]) or self._keep_expression(match[0])
            parts += [_escape(filled[end : match.start()]), text]
            end = match.end()
        return "".join([*parts, _escape(filled[end:])])

    def _keep_expression(self, expression: str) -> str:
        """Return an expression that stays one, its settings by their names."""
        text = self._rename_settings(expression)
        if not has_expression(text):
            raise UnsupportedError(f"an expression reads nothing known: {_shorten(text)}")
        names = self._list_partition_names(text)
        self.in_expressions.update(names)
        for name in names:
            self._used(name)
        return text

    def _list_partition_names(self, text: str) -> set[str]:
        """List the names of the partition that an expression reads."""
        return {self._name_slice(match) for match in SLICE.finditer(text)} & set(self._names)

    def _name_slice(self, match: re.Match[str]) -> str:
        """Return the name of what a text reads of its slice."""
        name = match["dotted"] or match["quoted"] or match["got"]
        nested = f"{match['nested']}.{name}"
        return nested if nested in self._names else name

    def _build_placeholder(self, expression: str) -> str | None:
        if is_plain_constant(expression):
            return _escape(render(evaluate_constant(expression)))
        if match := SLICE.fullmatch(expression):
            name = self._name_slice(match)
            if name not in self._names or match["default"]:
                return None
            self._used(name)
            return f"{{{self._names[name]}}}"
        if not _ROOT.match(expression):
            return None
        path, end = _read_path(expression, len("config"))
        match = self.connection.find(path) if path else None
        if end < len(expression) or match is None or match[1] < len(path):
            return None
        name = self.connection.use(match[0])
        if match[0].type == "array" and not self._are_needed:
            return f"{{{{ {match[0].items} }}}}"
        if match[0].has_default and match[0].default is None and not self._are_needed:
            return f"{{{{ config.get('{name}') }}}}"  # Where it is not set, it is not sent.
        return f"{{settings.{name}}}"

    def _rename_settings(self, text: str) -> str:
        """Name the settings in an expression as the declaration does."""
        return JINJA.sub(lambda match: self._rename(match[0]), text)

    def _rename(self, text: str) -> str:
        if _WHOLE_CONFIG.search(text) and not re.search(r"in\s+config\b", text):
            raise UnsupportedError("reads the whole configuration")
        parts, position = [], 0
        for match in _ROOT.finditer(text):
            if match.start() < position:
                continue
            parts.append(text[position : match.start()])
            renamed, position = self._rename_mention(text, match.end())
            parts.append(renamed)
        return "".join([*parts, text[position:]])

    def _rename_mention(self, text: str, start: int) -> tuple[str, int]:
        """Return one mention of a setting under its name, and where it ends."""
        path, end = _read_path(text, start)
        if got := _GET_WITH_DEFAULT.match(text, end):
            path, end = (*path, got[2]), got.end()
        if not path:
            raise UnsupportedError(f"reads a setting that is not named: {_shorten(text)}")
        match = self.connection.find(path)
        if match is None:
            raise UnsupportedError(f"reads the settings config.{'.'.join(path)} as one object")
        setting, length = match
        name = self.connection.use(setting)
        if got:
            return f"config.get('{name}'", end
        rest = "".join(f"['{part}']" for part in path[length:])
        if setting.type == "array":
            return setting.items + rest, end
        if length == 1 and name == path[0]:
            return "config" + text[start:end], end
        is_get = ".get(" in text[start:end]
        return (f"config.get('{name}')" if is_get else f"config['{name}']") + rest, end


def _fill(text: str, parameters: Mapping[str, Any]) -> str:
    return resolve_slices(fill_parameters(text, parameters))


def _read_path(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """Read the keys that follow a mention of `config`, and where it ends."""
    path: list[str] = []
    position = start
    while match := _ACCESS.match(text, position):
        if match["dotted"] and match["dotted"] in ("get", "items", "keys", "values"):
            break
        path.append(match["got"] or match["quoted"] or match["dotted"])
        position = match.end()
    return tuple(path), position


def _escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _shorten(text: str, most: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}…"
