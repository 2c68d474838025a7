"""The operations of a document in one form, whichever version it has."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from analytics_ingest.convert.openapi.document import Node
from analytics_ingest.convert.openapi.examples import build_example_node, parse_example
from analytics_ingest.convert.openapi.schemas import Shape, read_shape

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_JSON = re.compile(r"[^;]*[/+]json\b|\*/\*|application/\*", re.IGNORECASE)
_HOLDERS = ("options", "paging", "pagination", "page")
"""Objects of a body that hold how it pages."""
_ANSWERS = ("200", "2XX", "2xx", "201", "206", "203", "default")


@dataclass(frozen=True)
class Parameter:
    """What a request may carry."""

    name: str
    place: str
    """query, header, path or body."""
    shape: Shape
    is_required: bool
    description: str
    joins_values: bool = False
    """A list is sent as one text with commas."""

    @property
    def own_name(self) -> str:
        """Its name in the object of the body that holds it."""
        return self.name.rpartition(".")[2] if self.place == "body" else self.name

    @property
    def only_value(self) -> Any:
        """The value that the document gives it: its default, or the only one allowed."""
        if self.shape.default is not None:
            return self.shape.default
        return self.shape.enum[0] if len(self.shape.enum) == 1 else None


@dataclass(frozen=True)
class Operation:
    """One operation."""

    path: str
    method: str
    node: Node
    parameters: list[Parameter]
    servers: list[Node]
    """Its own servers; none where it has those of the document."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"{self.method.upper()} {self.path}"

    @property
    def tags(self) -> list[str]:
        """Its tags."""
        tags = self.node.get_raw("tags")
        return [str(tag) for tag in tags] if isinstance(tags, list) else []

    @property
    def takes_form(self) -> bool:
        """Whether its body is something else than JSON."""
        types = [name for name, _ in self.node.get("requestBody", "content").items()]
        return bool(types) and not any(map(_JSON.match, types))

    def list_parameters(self, place: str) -> list[Parameter]:
        """List the parameters in one place."""
        return [parameter for parameter in self.parameters if parameter.place == place]


@dataclass(frozen=True)
class ResponseShape:
    """The response that an operation gives where all is well."""

    schema: Node | None
    """None where it is not JSON."""
    examples: list[Any]
    headers: dict[str, Shape]
    types: list[str]
    """Its media types."""

    @property
    def shows_fields(self) -> bool:
        """Whether the schema says more than that the answer is an object or a list."""
        shape = read_shape(self.schema) if self.schema else Shape()
        return bool(shape.properties) or any(read_shape(item).properties for item in shape.items)

    def as_shown(self, beside: Node) -> "ResponseShape":
        """Return the answer with the schema of its first example, where it has one."""
        shown = next((e for e in self.examples if isinstance(e, dict | list)), None)
        return self if shown is None else replace(self, schema=build_example_node(shown, beside))


def read_operations(item: Node) -> Iterator[tuple[str, Node]]:
    """Yield the methods of a path's item, and their operations."""
    for method in METHODS:
        if isinstance(item.get_raw(method), dict):
            yield method, item.get(method)


def read_operation(path: str, method: str, item: Node, node: Node) -> Operation:
    """Read an operation with the parameters that its path shares."""
    parameters: dict[tuple[str, str], Parameter] = {}
    for holder in (item, node):
        for part in holder.list("parameters"):
            for parameter in _read_parameters(part):
                parameters[parameter.name, parameter.place] = parameter
    for parameter in _read_body_fields(node):
        parameters.setdefault((parameter.name, parameter.place), parameter)
    servers = node.list("servers") or item.list("servers")
    return Operation(path, method, node, list(parameters.values()), servers)


def read_answer(operation: Operation) -> ResponseShape:
    """Read the response with rows: the first of 200, another 2xx, or the default."""
    responses = operation.node.get("responses")
    status = next((status for status in _ANSWERS if responses.get_raw(status) is not None), "")
    answer = responses.get(status)
    headers = {name: _read_header(part) for name, part in answer.get("headers").items()}
    if operation.node.document.is_old:
        held = answer.get_raw("examples")
        examples = [parse_example(e) for e in held.values()] if isinstance(held, dict) else []
        schema = answer.get("schema") if isinstance(answer.get_raw("schema"), dict) else None
        return ResponseShape(schema, examples, headers, ["no schema"])
    types = dict(answer.get("content").items())
    media = next((part for name, part in types.items() if _JSON.match(name)), None)
    if media is None:
        return ResponseShape(None, [], headers, list(types))
    examples = [part.get_raw("value") for _, part in media.get("examples").items()]
    examples = [parse_example(example) for example in (*examples, media.get_raw("example"))]
    schema = media.get("schema") if isinstance(media.get_raw("schema"), dict) else None
    return ResponseShape(schema, examples, headers, list(types))


def _read_header(node: Node) -> Shape:
    return read_shape(node.get("schema") if node.get_raw("schema") else node)


def _read_parameters(node: Node) -> Iterator[Parameter]:
    """Read a parameter; the fields of an object in brackets are parameters of their own."""
    name, place = node.get_raw("name"), node.get_raw("in")
    if not isinstance(name, str) or place not in ("query", "header", "path"):
        return
    schema = node.get("schema") if node.get_raw("schema") else node
    contents = [media.get("schema") for _, media in node.get("content").items()]
    shape = read_shape(contents[0] if contents and not node.get_raw("schema") else schema)
    is_required = node.get_raw("required") is True
    text = node.get_text("description") or shape.description
    joins = node.get_raw("explode") is False or node.get_raw("collectionFormat") == "csv"
    if node.get_raw("style") == "deepObject" and shape.properties:
        for key, parts in shape.properties.items():
            inner = read_shape(parts[0])
            explained = inner.description or text
            yield Parameter(f"{name}[{key}]", place, inner, key in shape.required, explained)
        return
    if node.get_raw("example") is not None and shape.example is None:
        shape = Shape(**{**vars(shape), "example": node.get_raw("example")})
    yield Parameter(name, place, shape, is_required, text, joins)


def _read_body_fields(node: Node) -> Iterator[Parameter]:
    """Read the fields of a JSON body as parameters of the place body."""
    media = dict(node.get("requestBody", "content").items())
    schemas = [part.get("schema") for name, part in media.items() if _JSON.match(name)]
    schemas += [p.get("schema") for p in node.list("parameters") if p.get_raw("in") == "body"]
    if not schemas:
        return
    body = read_shape(schemas[0])
    for name in body.properties:
        shape = body.get_field(name)
        yield Parameter(name, "body", shape, name in body.required, shape.description)
        for inner in shape.properties if name.lower() in _HOLDERS else ():
            held = shape.get_field(inner)
            yield Parameter(f"{name}.{inner}", "body", held, False, held.description)
