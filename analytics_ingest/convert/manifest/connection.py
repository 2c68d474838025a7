"""The connection specification of a manifest → the settings of the API: name, meaning, default.

A setting is named after the last part of its path, or after the whole path where two share that.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest.convert.python.values import to_setting_name

Path = tuple[str, ...]

_TYPES = ("string", "integer", "number", "boolean", "array", "object")
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_MEANING = 120


@dataclass(frozen=True)
class Setting:
    """One setting of the specification."""

    path: Path
    name: str
    schema: Mapping[str, Any]
    is_required: bool

    @property
    def is_secret(self) -> bool:
        """Whether it must not be shown."""
        return bool(self.schema.get("airbyte_secret"))

    @property
    def type(self) -> str:
        """The type of its value."""
        return read_type(self.schema)

    @property
    def default(self) -> Any:
        """The value where it is not set; None without a default."""
        return self.schema.get("default", self.schema.get("const"))

    @property
    def has_default(self) -> bool:
        """Whether it need not be set."""
        return self.default is not None or not self.is_required

    @property
    def items(self) -> str:
        """An expression for the items of a list, which may be set as a text with commas."""
        is_absent = self.has_default and self.default is None
        read = f"config.get('{self.name}', [])" if is_absent else f"config['{self.name}']"
        return f"({read} | list)"

    @property
    def meaning(self) -> str:
        """What it is, in one line."""
        text = str(self.schema.get("description") or self.schema.get("title") or "")
        text = " ".join(_TAG.sub("", text).split())
        if len(text) > _LONGEST_MEANING:
            text = f"{text[:_LONGEST_MEANING].rpartition(' ')[0]} …"
        return text or self.path[-1]

    @property
    def example(self) -> str:
        """An example of its value, or the values that are allowed; empty where none is given."""
        if values := self.schema.get("enum"):
            return f"one of {', '.join(map(str, values))}" if isinstance(values, list) else ""
        examples = self.schema.get("examples")
        first = examples[0] if isinstance(examples, list) and examples else examples
        is_shown = isinstance(first, str | int | float) and not self.is_secret
        return f"such as {first}" if is_shown else ""


class Connection:
    """The settings of a manifest, by their paths; those that it uses are noted."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        leaves = _merge_leaves(_iterate_leaves(specification))
        last = Counter(to_setting_name(path[-1]) for path in leaves)
        self._settings = {
            path: Setting(path, _choose_name(path, last), schema, is_required)
            for path, (schema, is_required) in leaves.items()
        }
        self._has_specification = bool(leaves)
        self.used: dict[str, Setting] = {}
        """Settings that the declaration names, by name."""

    def find(self, path: Path) -> tuple[Setting, int] | None:
        """Find the setting at a path, and how many parts of it are its own.

        None where the path is that of an object of settings.
        """
        for length in range(len(path), 0, -1):
            if setting := self._settings.get(path[:length]):
                return setting, length
        if any(known[: len(path)] == path for known in self._settings):
            return None
        name = to_setting_name(path[-1])
        setting = Setting(path, name, {}, is_required=not self._has_specification)
        return self._settings.setdefault(path, setting), len(path)

    def evaluate_with_defaults(self, expression: str) -> Any:
        """Return the value of an expression where no setting is set; None if it has none."""
        known = [s for s in self._settings.values() if s.default is not None]
        defaults = {name: s.default for s in known for name in (s.path[-1], s.name)}
        try:
            return evaluate(expression, {"config": defaults, "settings": defaults}, "the manifest")
        except ApiError:
            return None

    def use(self, setting: Setting) -> str:
        """Note that the declaration names a setting; returns its name."""
        self.used.setdefault(setting.name, setting)
        return setting.name


def read_type(schema: Mapping[str, Any]) -> str:
    """Read the first type of a JSON schema other than null; string where it names none."""
    kinds = schema.get("type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return next((name for name in names if name in _TYPES), "string")


def find_specification(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the connection specification; empty where there is none."""
    spec = manifest.get("spec")
    if not isinstance(spec, Mapping):
        return {}
    value = spec.get("connection_specification", spec.get("connectionSpecification"))
    return value if isinstance(value, Mapping) else {}


def _choose_name(path: Path, last: Mapping[str, int]) -> str:
    name = to_setting_name(path[-1])
    return name if last[name] == 1 else to_setting_name("_".join(path))


Leaf = tuple[Mapping[str, Any], bool]
"""The schema of a setting, and whether it is required."""


def _merge_leaves(leaves: Iterator[tuple[Path, Leaf]]) -> dict[Path, Leaf]:
    """Return the settings by path; one whose alternatives allow different values may have any."""
    merged: dict[Path, Leaf] = {}
    for path, (schema, is_required) in leaves:
        known, _ = merged.get(path, (schema, is_required))
        merged[path] = _with_values(known, schema), is_required
    return merged


def _with_values(known: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema that allows the values of another too, and then has no default."""
    values = list(dict.fromkeys([*_list_allowed_values(known), *_list_allowed_values(schema)]))
    if "const" not in schema or len(values) < 2:
        return schema
    own = {key: value for key, value in schema.items() if key not in ("const", "default")}
    return {**own, "enum": values}


def _list_allowed_values(schema: Mapping[str, Any]) -> list[Any]:
    """List the values that a setting may have, where it says them."""
    values = schema.get("enum")
    own = values if isinstance(values, list) else []
    return [schema["const"]] if "const" in schema else own


def _iterate_leaves(
    schema: Mapping[str, Any], path: Path = (), *, is_required: bool = True
) -> Iterator[tuple[Path, Leaf]]:
    """Yield the settings of an object: of its properties, and of each of its alternatives."""
    required = schema.get("required")
    names = required if isinstance(required, list) else []
    properties = schema.get("properties")
    for name, inner in (properties if isinstance(properties, Mapping) else {}).items():
        if not isinstance(inner, Mapping):
            continue
        below, needed = (*path, str(name)), is_required and name in names
        inside = _merge_leaves(_iterate_leaves(inner, below, is_required=needed))
        yield from inside.items() if inside else [(below, (inner, needed))]
    for key in ("oneOf", "anyOf", "allOf"):
        options = schema.get(key)
        for option in options if isinstance(options, list) else []:
            if isinstance(option, Mapping):
                yield from _iterate_leaves(option, path, is_required=is_required and key == "allOf")
