"""Flattens a schema into its shape: `allOf`, `oneOf`, `anyOf`, null and both versions' spellings.

A shape is flat only in its own level, so a schema that holds itself costs nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.convert.openapi.document import Node
from analytics_ingest.convert.openapi.words import to_plain

_TYPES = ("string", "number", "integer", "boolean", "object", "array")
_FORMATS = {"date-time": "timestamp", "date": "date"}
_COMBINED = ("allOf", "oneOf", "anyOf")
_MOST_VALUES = 12
_LONGEST = 200


@dataclass(frozen=True)
class Shape:
    """What a schema says of a value."""

    types: tuple[str, ...] = ()
    """Types other than null; none where anything is allowed."""
    is_nullable: bool = False
    properties: dict[str, list[Node]] = field(default_factory=dict)
    """Field → its schemas; a value may match any of them."""
    required: frozenset[str] = frozenset()
    items: tuple[Node, ...] = ()
    format: str = ""
    description: str = ""
    enum: tuple[Any, ...] = ()
    example: Any = None
    default: Any = None
    maximum: Any = None
    minimum: Any = None

    @property
    def is_object(self) -> bool:
        """Whether it is an object with fields, or any object."""
        return bool(self.properties) or self.types == ("object",)

    @property
    def is_array(self) -> bool:
        """Whether it is a list."""
        return "array" in self.types

    @property
    def is_scalar(self) -> bool:
        """Whether it can be a text or a number, and is neither an object nor a list."""
        return not self.is_object and not {"object", "array", "boolean"} & set(self.types)

    def get_field(self, name: str) -> "Shape":
        """Return the shape of a field."""
        return read_any_shape(self.properties.get(name, []))

    def find_name(self, name: str) -> str | None:
        """Find the field of a name, in any spelling."""
        if name in self.properties:
            return name
        return next((own for own in self.properties if to_plain(own) == to_plain(name)), None)


def read_any_shape(nodes: list[Node] | tuple[Node, ...]) -> Shape:
    """Read the shape of a value that one of several schemas describes."""
    shapes = [read_shape(node) for node in nodes]
    merged = shapes[0] if shapes else Shape()
    for shape in shapes[1:]:
        merged = _join_shapes(merged, shape)
    return merged


def read_shape(node: Node) -> Shape:
    """Read the shape of a schema."""
    key = ("shape", id(node.value))
    if key not in node.document.memo:
        node.document.memo[key] = _read(node, frozenset())
    return node.document.memo[key]


def _read(node: Node, above: frozenset[int]) -> Shape:
    if id(node.value) in above:
        return Shape()
    shape = _read_own_shape(node)
    combined = [key for key in _COMBINED if node.get_raw(key) is not None]
    if not combined:
        return shape
    inside = above | {id(node.value)}
    for part in node.list("allOf"):
        shape = _merge_shapes(shape, _read(part, inside))
    branches = [
        _read(part, inside) for key in combined if key != "allOf" for part in node.list(key)
    ]
    if branches:
        any_of = branches[0]
        for branch in branches[1:]:
            any_of = _join_shapes(any_of, branch)
        shape = _merge_shapes(shape, any_of)
    return shape


def _read_own_shape(node: Node) -> Shape:
    kinds = node.get_raw("type")
    names = kinds if isinstance(kinds, list) else [kinds]
    held = node.get("properties") if node.get_raw("properties") else None
    properties = {name: [part] for name, part in held.items()} if held else {}
    items = (node.get("items"),) if isinstance(node.get_raw("items"), dict) else ()
    types = tuple(dict.fromkeys(name for name in names if name in _TYPES))
    if not types:
        types = ("object",) * bool(properties) or ("array",) * bool(items)
    values = node.get_raw("enum")
    enum = values if isinstance(values, list) else [node.get_raw("const")]
    required = node.get_raw("required")
    nulls = (node.get_raw("nullable"), node.get_raw("x-nullable"))
    return Shape(
        types,
        "null" in names or any(null is True for null in nulls) or (None in enum[1:]),
        properties,
        frozenset(map(str, required if isinstance(required, list) else ())),
        items,
        node.get_text("format"),
        node.get_text("description") or node.get_text("title"),
        tuple(value for value in enum if value is not None),
        _find_example(node),
        node.get_raw("default"),
        node.get_raw("maximum"),
        node.get_raw("minimum"),
    )


def _find_example(node: Node) -> Any:
    many = node.get_raw("examples")
    first = many[0] if isinstance(many, list) and many else None
    return first if node.get_raw("example") is None else node.get_raw("example")


def _merge_shapes(one: Shape, other: Shape) -> Shape:
    """Return the shape of a value that two schemas describe."""
    shared = tuple(kind for kind in one.types if kind in other.types)
    return _merge(
        one,
        other,
        types=shared or one.types or other.types,
        required=one.required | other.required,
        format=one.format or other.format,
        enum=one.enum or other.enum,
    )


def _join_shapes(one: Shape, other: Shape) -> Shape:
    """Return the shape of a value that one of two schemas describes."""
    return _merge(
        one,
        other,
        types=tuple(dict.fromkeys((*one.types, *other.types))),
        required=one.required & other.required,
        format=one.format if one.format == other.format else "",
        enum=(*one.enum, *other.enum) if one.enum and other.enum else (),
    )


def _merge(one: Shape, other: Shape, **own: Any) -> Shape:
    properties = dict(one.properties)
    for name, nodes in other.properties.items():
        known = [id(node.value) for node in properties.get(name, [])]
        new = [node for node in nodes if id(node.value) not in known]
        properties[name] = [*properties.get(name, []), *new]
    first = {
        key: getattr(other, key) if getattr(one, key) in (None, "") else getattr(one, key)
        for key in ("description", "example", "default", "maximum", "minimum")
    }
    return Shape(
        is_nullable=one.is_nullable or other.is_nullable,
        properties=properties,
        items=(*one.items, *(node for node in other.items if node not in one.items)),
        **first,
        **own,
    )


def find_field_type(shape: Shape) -> str | None:
    """Find the type of a field in `schema.yaml`, without `?`; None where the document says none."""
    kinds = ["number"] if set(shape.types) == {"integer", "number"} else list(shape.types)
    if not kinds:
        return "string" if shape.enum and all(isinstance(v, str) for v in shape.enum) else None
    if len(kinds) > 1:
        return "object" if {"object", "array"} & set(kinds) else "string"
    kind = kinds[0]
    if shape.format == "decimal" and kind in ("string", "number"):
        return "decimal"
    return _FORMATS.get(shape.format, kind) if kind == "string" else kind


def describe_field(shape: Shape) -> str:
    """Describe what a field is, in one line: its description and the values it may have."""
    text = shape.description
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST].rpartition(' ')[0]} …"
    values = list(dict.fromkeys(map(str, shape.enum)))
    if not values or all(value in text for value in values) or len(values) > _MOST_VALUES:
        return text
    joint = " " if not text or text.endswith((".", "…")) else ". "
    return f"{text}{joint}One of {', '.join(values)}.".strip()
