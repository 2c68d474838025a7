"""Writes a declaration as YAML: block by block in the order of the shipped ones, with comments."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from analytics_ingest.common.json_tree import walk
from analytics_ingest.common.printable import to_printable
from analytics_ingest.convert.conversion_log import Place
from analytics_ingest.declaration.schema_text import HEAD, WIDE, format_scalar

COMPONENT = "analytics_ingest.components.RestApi"

_FIRST = (
    *("type", "name", "description", "settings", "partitions", "every", "start"),
    *("base_url", "auth", "path", "method", "params", "graphql"),
)
_LAST = (
    *("retry_on_status_codes", "max_retries", "backoff", "backoff_factor"),
    *("error_handler", "incremental", "resource_defaults", "endpoint", "changes", "resources"),
)
_KEPT = ("params", "headers", "json", "data", "variables", "fields")
"""Blocks whose keys are the API's own, in the order in which they were written."""

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
    lines += [f"type: {COMPONENT}", "", "attributes:"]
    return "\n".join([*lines, *_format_mapping(attributes, 1, None, "", comments)]) + "\n"


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
        elif isinstance(item, dict) and item:
            yield f"{indent}{label}:{comment}"
            yield from _format_mapping(item, depth + 1, resource, place, comments)
        elif isinstance(item, list) and any(isinstance(part, dict | list) for part in item):
            yield f"{indent}{label}:{comment}"
            yield from (f"{indent}  - {_format_flow(part)}" for part in item)
        else:
            yield f"{indent}{label}: {_format_flow(item)}{comment}"


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
