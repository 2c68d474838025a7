"""Writes a declaration as YAML: block by block in the order of the shipped ones, with comments."""

import json
from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

import yaml

from analytics_ingest.common.json_tree import walk
from analytics_ingest.common.printable import to_printable
from analytics_ingest.convert.conversion_log import Place
from analytics_ingest.declaration.schema_text import HEAD, WIDE, format_scalar

COMPONENT = "analytics_ingest.components.RestApi"
DYNAMIC_COMPONENT = "analytics_ingest.components.DynamicRestApi"

_FIRST = (
    *("type", "name", "description", "settings", "partitions", "every", "start"),
    *("selected", "primary_key", "write_disposition", "parents", "include_from_parent"),
    *("kept_for", "base_url", "auth", "path", "method", "params", "graphql"),
)
_LAST = (
    *("paginator", "data_selector", "decoder", "response_actions", "job"),
    *("retry_on_status_codes", "max_retries", "backoff", "backoff_factor"),
    *("error_handler", "incremental", "resource_defaults", "endpoint", "changes", "resources"),
    "dynamic_resources",
)
_KEPT = ("params", "headers", "json", "data", "variables", "fields", "add", "rename")
"""Blocks whose keys are the API's own, in the order in which they were written."""

_LONGEST = 100
"""Characters of a line, where a value can be written on several."""

_FASTEST: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""The dumper in C, where PyYAML has it, is five times faster."""


class _FlowDumper(_FASTEST):
    """Writes texts with single quotes in double ones: PyYAML would double each."""

    def represent_text(self, text: str) -> Any:
        style = '"' if "'" in text and not set('"\\') & set(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_FlowDumper.add_representer(str, _FlowDumper.represent_text)

Json = Mapping[str, Any]


def format_declaration(head: list[str], attributes: Json, comments: Mapping[Place, str]) -> str:
    """Return the text of `defs.yaml`.

    Args:
        head: Lines of the comment above it.
        comments: Key → its comment.
    """
    lines = [f"# {to_printable(line)}".rstrip() for line in head]
    lines += [f"type: {find_component(attributes)}", "", "attributes:"]
    return "\n".join([*lines, *_format_mapping(attributes, 1, None, "", comments)]) + "\n"


def find_component(attributes: Json) -> str:
    """Find the type of the component that has some attributes."""
    return DYNAMIC_COMPONENT if "dynamic_resources" in attributes else COMPONENT


def format_schema(schema: Mapping[str, Json]) -> str:
    """Return the text of `schema.yaml`."""
    lines = [HEAD]
    for name, entry in schema.items():
        lines += ["", f"{name}:", *_format_mapping(entry, 1, None, "", {})]
    return "\n".join(lines) + "\n"


def _format_mapping(
    value: Json, depth: int, resource: str | None, key: str, comments: Mapping[Place, str]
) -> Iterator[str]:
    indent = "  " * depth
    for name in value if key.rpartition(".")[2] in _KEPT else sorted(value, key=_rank):
        item, place = value[name], f"{key}.{name}" if key else name
        text = comments.get((resource, place))
        comment = f"  # {to_printable(text)}" if text is not None else ""
        label = format_scalar(name)
        if name == "resources" and depth == 1:
            yield f"{indent}resources:{comment}"
            yield from _format_resources(item, depth + 1, comments)
        elif _is_short_block(name, item) and not any(
            of == resource and inner.startswith(f"{place}.") for of, inner in comments
        ):
            yield f"{indent}{label}: {_format_flow(item)}{comment}"
        elif isinstance(item, dict) and item:
            yield f"{indent}{label}:{comment}"
            yield from _format_mapping(item, depth + 1, resource, place, comments)
        elif isinstance(item, list) and _is_long(item, f"{indent}{label}: "):
            yield f"{indent}{label}:{comment}"
            for part in item:
                yield from _format_item(part, depth + 1, place)
        elif lines := _fold(item, f"{indent}{label}: "):
            yield f"{indent}{label}: >-{comment}"
            yield from (f"{indent}  {line}" for line in lines)
        else:
            yield f"{indent}{label}: {_format_flow(item)}{comment}"


def _fold(value: Any, label: str) -> list[str]:
    """Split a long text into lines, which YAML joins by spaces; none if it cannot be split."""
    if not isinstance(value, str) or not _is_long(value, label) or not value.isprintable():
        return []
    width = _LONGEST - len(label) + len(label.lstrip())
    lines = wrap(value, width, break_long_words=False, break_on_hyphens=False)
    # A first line that begins with a space would set the indentation of all.
    return lines if " ".join(lines) == value.lstrip() == value and lines[1:] else []


def _is_short_block(name: str, value: Any) -> bool:
    """Return whether a block is written on one line, because it says little more than a type."""
    if not isinstance(value, dict):
        return False
    if name == "paginator":
        return set(value) == {"type"}
    return value.get("type") in ("resolve", "each", "fields") and not _is_long(value)


def _is_long(value: Any, label: str = "") -> bool:
    """Return whether a value is not written on one line."""
    is_nested = isinstance(value, list) and any(isinstance(part, dict | list) for part in value)
    return is_nested or len(label) + len(_format_flow(value)) > _LONGEST


def _format_item(value: Any, depth: int, place: str) -> Iterator[str]:
    """Format an item of a list: on one line, or as a block if that would be too long."""
    indent = "  " * depth
    line = f"{indent}- {_format_flow(value)}"
    if not isinstance(value, dict) or len(line) <= _LONGEST:
        yield line
        return
    first, *others = _format_mapping(value, depth + 1, None, place, {})
    yield f"{indent}- {first.lstrip()}"
    yield from others


def _rank(name: str) -> int:
    if name in _FIRST:
        return _FIRST.index(name) - len(_FIRST)
    return _LAST.index(name) + 1 if name in _LAST else 0


def _format_resources(
    resources: list[Any], depth: int, comments: Mapping[Place, str]
) -> Iterator[str]:
    indent = "  " * depth
    for number, resource in enumerate(resources):
        if number:
            yield ""
        lines = list(_format_mapping(resource, depth + 1, resource["name"], "", comments))
        lines[0] = f"{indent}- {lines[0].lstrip()}"
        yield from lines


def _format_flow(value: Any) -> str:
    """Format a value on one line."""
    if isinstance(value, dict | list):
        if not all(text.isprintable() for text in walk(value) if isinstance(text, str)):
            return json.dumps(value)
        text = yaml.dump(
            value, Dumper=_FlowDumper, default_flow_style=True, sort_keys=False, width=WIDE
        )
        return text.strip()
    return format_scalar(value)
