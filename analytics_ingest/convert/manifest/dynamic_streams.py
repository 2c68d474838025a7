"""Streams that a manifest makes of a template, which it fills with values.

list_streams    values that the manifest lists itself → a stream for each
read_template   values that are rows of the API → a stream with marks in place of the values,
                and the stream that lists the rows: it becomes one of `dynamic_resources`
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import yaml

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import UnsupportedError
from analytics_ingest.convert.manifest.requests.partitions import Include
from analytics_ingest.declaration.entries.entry_template import find_template_problem

_VALUES = "components_values"
_BLOCK = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ROW = re.compile(rf"(?<![\w.]){_VALUES}\b")
_PARTITION = re.compile(
    r"(?<![\w.])stream_(?:slice|partition)"
    r"(?P<extra>(?:\.|\[['\"])extra_fields(?:['\"]\])?)?(?:\.|\[['\"])(?P<name>\w+)(?:['\"]\])?"
)
_OTHER = re.compile(r"(?<![\w.'\"])(?:config|parameters|stream_template_config|stream_interval)\b")


class TemplateError(Exception):
    """Why a template cannot be filled as it was converted: the manifest is converted without it."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number


@dataclass
class Template:
    """A stream whose values are rows of the API, each of which stands for a stream."""

    number: int
    """Of the dynamic stream in the manifest."""
    stream: Mapping[str, Any]
    """With a mark for each expression."""
    entries: Mapping[str, Any]
    """The stream of the rows."""
    marks: Mapping[str, str]
    """Mark → the expression, as the manifest writes it."""
    resource: str = ""
    """The resource of the rows."""
    _expressions: dict[str, str] = field(default_factory=dict)
    """Mark → the expression of an entry."""

    def relate(self, resource: str, parents: Sequence[str]) -> list[Include]:
        """Relate the template to the resource of its entries.

        Args:
            parents: What this resource is listed for: nothing, or one resource.

        Returns:
            What the rows of the entries must carry.

        Raises:
            UnsupportedError: An expression reads what they cannot carry.
        """
        self.resource = resource
        router = self.entries["retriever"].get("partition_router")
        configs = router.get("parent_stream_configs") if isinstance(router, Mapping) else None
        config = configs[0] if configs and parents else {}
        fields = {str(config.get("partition_field")): str(config.get("parent_key"))}
        fields |= {str(path[-1]): ".".join(path) for path in config.get("extra_fields") or []}
        read = {m["name"]: m[0] for text in self.marks.values() for m in _PARTITION.finditer(text)}
        if missing := [text for name, text in read.items() if not parents or name not in fields]:
            raise UnsupportedError(f"its template reads {missing[0]}, which has no counterpart")
        includes = {name: Include(resource, parents[0], fields[name]) for name in read}
        for mark, text in self.marks.items():
            named = _PARTITION.sub(lambda m: f"entry.{includes[m['name']].column}", text)
            self._expressions[mark] = _ROW.sub("entry", named)
        return list(includes.values())

    def show(self, text: str) -> str:
        """Return a text with the manifest's expressions in place of the marks."""
        for mark, expression in self.marks.items():
            text = re.sub(mark, lambda _, shown=expression: shown, text, flags=re.IGNORECASE)
        return text

    def fill(self, converted: Json) -> Json:
        """Return one of `dynamic_resources`, of the converted resource with the marks.

        Raises:
            TemplateError: An expression has no place in it.
        """
        named = {**converted, "name": str(self.stream.get("name") or converted["name"])}
        spelled = json.dumps(named)
        if lost := [text for mark, text in self.marks.items() if mark not in spelled]:
            raise TemplateError(self.number, f"no key of its template can hold {lost[0]}")

        def fill_text(text: str) -> str:
            for mark, expression in self._expressions.items():
                text = text.replace(mark, expression)
            return text

        template = map_strings(named, fill_text)
        self.refuse_marks(template)
        if problem := find_template_problem(template):
            raise TemplateError(self.number, f"{problem[0]} of its template: {problem[1]}")
        return {"entries": self.resource, "template": template}

    def refuse_marks(self, block: Any) -> None:
        """Refuse what holds an expression that is not filled there.

        Raises:
            TemplateError: It holds one.
        """
        spelled = json.dumps(block)
        if left := [text for mark, text in self.marks.items() if mark in spelled]:
            raise TemplateError(self.number, f"{left[0]} of its template has no counterpart there")


def list_streams(data: Mapping[str, Any]) -> list[Json]:
    """List the streams of values that a manifest holds itself.

    Raises:
        UnsupportedError: An expression cannot be evaluated without the settings.
    """
    resolver = data["components_resolver"]
    if resolver["type"] == "ParametrizedComponentsResolver":
        values = resolver["stream_parameters"]["list_of_parameters_for_stream"]
    else:
        configs = resolver["stream_config"]
        configs = [configs] if isinstance(configs, Mapping) else configs
        if len(configs) != 1 or not configs[0].get("default_values"):
            raise UnsupportedError("its streams are named by a setting")
        values = configs[0]["default_values"]
    return [
        _fill_template(data, lambda text, row=row: _parse(_evaluate(text, row))) for row in values
    ]


def is_listed_by_api(data: Mapping[str, Any]) -> bool:
    """Return whether rows of the API fill the template of a dynamic stream."""
    return data["components_resolver"]["type"] == "HttpComponentsResolver"


def read_template(data: Mapping[str, Any], number: int) -> Template:
    """Read a template whose values are rows of the API.

    Args:
        number: Of the dynamic stream in the manifest.

    Raises:
        UnsupportedError: It has no counterpart.
    """
    resolver = data["components_resolver"]
    marks: dict[str, str] = {}

    def mark(text: str) -> str:
        if "{%" in text or _OTHER.search(text):
            raise UnsupportedError("its template reads settings, or has statements")
        for block in dict.fromkeys(_BLOCK.findall(text)):
            name = f"zzentry{number}x{len(marks)}zz"
            marks[name] = block
            text = text.replace(block, name)
        return text

    stream = _fill_template(data, mark)
    # Its columns are those of the rows that are loaded.
    stream.pop("schema_loader", None)
    retriever = {**resolver["retriever"]}
    entries = {"type": "DeclarativeStream", "name": _name_entries(data), "retriever": retriever}
    # A later value may have taken the place of another.
    spelled = json.dumps(stream)
    return Template(number, stream, entries, {m: text for m, text in marks.items() if m in spelled})


def _name_entries(data: Mapping[str, Any]) -> str:
    name = data.get("name") or data["stream_template"].get("name") or "stream"
    return f"{name} entries"


def _fill_template(data: Mapping[str, Any], fill: Callable[[str], Any]) -> Json:
    stream: Json = deepcopy(dict(data["stream_template"]))
    is_listed = is_listed_by_api(data)
    for mapping in data["components_resolver"]["components_mapping"]:
        path = [str(step) for step in mapping["field_path"]]
        if any(set("*?[{") & set(step) or step == "$parameters" for step in path):
            raise UnsupportedError(f"the path {'.'.join(path)} of its template has no counterpart")
        if mapping.get("condition"):
            raise UnsupportedError("the condition of a mapping of its template has no counterpart")
        if path[0] != "schema_loader" or not is_listed:
            creates = bool(mapping.get("create_or_update")) and not is_listed
            _set(stream, path, fill(str(mapping["value"])), creates=creates)
    return stream


def _set(block: Any, path: Sequence[str], value: Any, *, creates: bool) -> None:
    """Replace a value at a path; one that is not there is only created if that is asked for.

    A parameter of a component around it is there, as a key of the component.
    """
    *steps, last = path
    parameters: set[str] = set()
    for step in steps:
        parameters |= _list_parameters(block)
        if isinstance(block, list):
            block = block[int(step)] if step.isdigit() and int(step) < len(block) else None
        elif isinstance(block, dict):
            block = block.setdefault(step, {}) if creates else block.get(step)
    if isinstance(block, list) and last.isdigit() and int(last) < len(block):
        block[int(last)] = value
    elif isinstance(block, dict):
        known = parameters | _list_parameters(block) | block.keys()
        if creates or last in known:
            block[last] = value


def _list_parameters(block: Any) -> set[str]:
    own = block.get("$parameters") if isinstance(block, dict) else None
    return set(own) if isinstance(own, dict) else set()


def _evaluate(text: str, values: Mapping[str, Any]) -> Any:
    if "{{" not in text and "{%" not in text:
        return text
    if problem := find_problem(text, (_VALUES,)):
        raise UnsupportedError(f"its template cannot be filled here: {problem}")
    try:
        return evaluate(text, {_VALUES: values}, "its template")
    except ApiError as error:
        raise UnsupportedError(str(error)) from None


def _parse(value: Any) -> Any:
    """Return what a text says as YAML, as Airbyte reads it."""
    if not isinstance(value, str):
        return value
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return value
