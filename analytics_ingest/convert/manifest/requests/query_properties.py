"""The properties that a stream asks for → a param that lists fields.

A list that is sent as a parameter without chunks is a text. One that expressions read, and one in
chunks, is a param of type fields; one from an endpoint has a parent that lists the names.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError

KIND = "QueryProperties"
_READ_AS = "query_properties"
"""The name by which expressions read the list, in `stream_partition.extra_fields`."""

_LIMITS = {"property_count": "max_count", "characters": "max_length"}


def is_query_properties(value: Any) -> bool:
    """Return whether the value of a parameter is a list of properties."""
    return isinstance(value, Mapping) and value.get("type") == KIND


class QueryProperties:
    """The properties of one stream.

    Args:
        name: Of the resource.
        parent_of: Gives the name of the resource that lists the stream of a parent.
        schema: Names of the fields in the stream's schema; None where the manifest holds none.
    """

    def __init__(
        self,
        name: str,
        parent_of: Callable[[Component], str],
        schema: Collection[str] | None,
    ) -> None:
        self._name = name
        self._parent_of = parent_of
        self._schema = schema

    def read(self, requester: Component) -> Json:
        """Read the properties of a requester: the param that lists them, by its name.

        Raises:
            UnsupportedError: They have no counterpart.
        """
        lists = dict(self._read_lists(requester))
        if len(lists) > 1:
            raise UnsupportedError("its requests ask for two lists of properties")
        return lists

    def _read_lists(self, requester: Component) -> list[tuple[str, Any]]:
        lists: list[tuple[str, Any]] = []
        sent = requester.take("request_parameters")
        listed = sent if isinstance(sent, Mapping) else {}
        names = [name for name, value in listed.items() if is_query_properties(value)]
        if names and (parameters := requester.read_child("request_parameters")):
            parameters.take_all()
            children = [(name, parameters.read_child(name)) for name in names]
            lists += [(name, _simplify(self._read(child))) for name, child in children if child]
        if properties := requester.read_child(_READ_AS, KIND):
            lists.append((_READ_AS, self._read(properties)))
        key = "fetch_properties_from_endpoint"
        if endpoint := requester.read_child(key, "PropertiesFromEndpoint"):
            lists.append((_READ_AS, {"type": "fields", **self._read_endpoint(endpoint)}))
        return lists

    def _read(self, properties: Component) -> Json:
        """Read a list of properties as a param of type fields."""
        always = [str(name) for name in properties.take_list("always_include_properties")]
        chunking = properties.read_child("property_chunking", "PropertyChunking")
        limits = _read_limits(chunking) if chunking else {}
        selector = properties.read_child("property_selector", "JsonSchemaPropertySelector")
        if chunking and not limits:
            selector = None  # airbyte-cdk then sends the whole list.
        if isinstance(properties.take("property_list"), Mapping):
            source = self._read_listed(properties, selector)
        else:
            source = self._read_static(properties, selector)
        return {"type": "fields", **source, **({"always": always} if always else {}), **limits}

    def _read_listed(self, properties: Component, selector: Component | None) -> Json:
        endpoint = properties.read_child("property_list", "PropertiesFromEndpoint")
        if selector:
            raise UnsupportedError(f"{selector.kind} of an endpoint's list has no counterpart")
        return self._read_endpoint(endpoint) if endpoint else {}

    def _read_static(self, properties: Component, selector: Component | None) -> Json:
        values = [str(name) for name in properties.take_list("property_list")]
        if selector:
            if selector.take("transformations"):
                raise UnsupportedError(f"{selector.kind}.transformations has no counterpart")
            if self._schema is None:
                raise UnsupportedError(f"{selector.kind} reads a schema that the manifest lacks")
            values = [name for name in values if name in self._schema]
        if not values:
            raise UnsupportedError("its list of properties is empty")
        return {"values": list(dict.fromkeys(values))}

    def _read_endpoint(self, endpoint: Component) -> Json:
        """Read the parent whose rows name the properties."""
        path = [str(key) for key in endpoint.take_list("property_field_path")]
        if endpoint.kind != "PropertiesFromEndpoint":
            raise UnsupportedError(f"{endpoint.kind} has no counterpart")
        if not path or any("{{" in key or "." in key for key in path):
            raise UnsupportedError(f"{endpoint.kind}.property_field_path has no counterpart")
        stream = {
            "type": "DeclarativeStream",
            "name": f"{self._name}_properties",
            "retriever": endpoint.take("retriever"),
            "$parameters": endpoint.parameters,
        }
        parent = self._parent_of(Component(stream, {}, "DeclarativeStream"))
        return {"resource": parent, "field": ".".join(path)}


def check_read(endpoint: Json, lists: Json) -> None:
    """Check that a request reads a list that is not sent by itself.

    Raises:
        UnsupportedError: No request does.
    """
    parts = [endpoint.get(key) for key in ("path", "params", "headers", "json", "data")]
    if _READ_AS in lists and _READ_AS not in find_references(parts).partition:
        raise UnsupportedError(f"no request holds its {_READ_AS}")


def drop_merge_key(endpoint: Json, primary_key: str | list[str] | None) -> str | list[str] | None:
    """Remove the key by which rows of chunks are merged if it is the primary key; return that."""
    for param in endpoint.get("params", {}).values():
        if isinstance(param, dict) and param.get("merge_by", ()) == primary_key:
            del param["merge_by"]
    return primary_key


def _simplify(param: Json) -> Any:
    """Return a list that needs no chunks as the text that is sent."""
    if "values" not in param or param.keys() & _LIMITS.values():
        return param
    names = dict.fromkeys([*param.get("always", []), *param["values"]])
    return ",".join(names).replace("{", "{{").replace("}", "}}")


def _read_limits(chunking: Component) -> Json:
    """Read how large chunks are, and by what their rows are merged."""
    kind, limit = chunking.take("property_limit_type"), chunking.take("property_limit")
    strategy = chunking.read_child("record_merge_strategy", "GroupByKeyMergeStrategy")
    key = strategy.take("key") if strategy else "id"
    if (
        not isinstance(kind, str)
        or kind not in _LIMITS
        or (strategy and strategy.kind != "GroupByKeyMergeStrategy")
    ):
        raise UnsupportedError(f"{chunking.kind} has no counterpart")
    if not limit:
        return {}
    if not str(limit).isdecimal():
        raise UnsupportedError(f"{chunking.kind}.property_limit is not a whole number: {limit}")
    keys = [str(name) for name in key] if isinstance(key, list) else [str(key)]
    return {_LIMITS[kind]: int(limit), "merge_by": keys if keys[1:] else keys[0]}
