"""The requester of a stream → its address and the request of its endpoint."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from analytics_ingest.common.expressions.text import interpret_value
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.mappings import split_mapping
from analytics_ingest.convert.manifest.requests.query_properties import (
    QueryProperties,
    check_read,
    is_query_properties,
)

_PART = re.compile(r"(\{\{.*?\}\}|\{[^{}]*\}|^[A-Za-z][A-Za-z+.-]*://)", re.DOTALL)
_QUERY = re.compile(r"[?#]")
"""What is kept of a path: its expressions, placeholders, and the scheme of a whole address."""

_BODIES = {"request_body_json": "json", "request_body_data": "data"}
_OF_BODY = {
    "RequestBodyJsonObject": "json",
    "RequestBodyGraphQL": "json",
    "RequestBodyUrlEncodedForm": "data",
    "RequestBodyPlainText": "data",
}


def read_requester(
    requester: Component,
    texts: Interpolation,
    methods: Collection[str] = ("GET", "POST"),
    properties: QueryProperties | None = None,
) -> tuple[str, Json]:
    """Read the address of a requester, and the endpoint of its request.

    Args:
        methods: Those that can be declared.
        properties: Reads those that are asked for; None where they cannot be.

    Raises:
        UnsupportedError: A part of the request has no counterpart.
    """
    base = requester.take_text("url_base") or requester.take_text("url")
    requester.take_text("url")
    if not base:
        raise UnsupportedError("the requester names no address")
    parameters = requester.parameters
    path = _resolve_path(texts.convert_text(requester.take_text("path") or "", parameters).strip())
    endpoint: Json = {"path": path}
    if (method := str(requester.take("http_method", "GET")).upper()) != "GET":
        endpoint["method"] = method
    if method not in methods:
        raise UnsupportedError(f"the method {method} has no counterpart")
    lists = properties.read(requester) if properties else None
    for key, block in (("request_parameters", "params"), ("request_headers", "headers")):
        if fields := _convert_fields(requester, key, texts, lists):
            endpoint[block] = _split_lists(fields) if block == "params" else fields
    if lists:
        if taken := endpoint.get("params", {}).keys() & lists.keys():
            raise UnsupportedError(f"two parameters are called {min(taken)}")
        endpoint["params"] = {**endpoint.get("params", {}), **lists}
    endpoint |= _convert_body(requester, texts)
    if lists:
        check_read(endpoint, lists)
    return texts.convert_text(base, parameters).strip(), endpoint


def _resolve_path(path: str) -> str:
    """Drop the empty segments of a path, as Airbyte does where it joins path and address."""
    parts = _PART.split(path)
    for number, part in enumerate(parts):
        if _PART.fullmatch(part):
            continue
        query = _QUERY.search(part)
        end = query.start() if query else len(part)
        parts[number] = re.sub("/{2,}", "/", part[:end]) + part[end:]
        if query:
            break
    resolved = "".join(parts)
    if any(segment in (".", "..") for segment in _QUERY.split(resolved)[0].split("/")):
        raise UnsupportedError("its path has a segment that is . or ..")
    return resolved


def _convert_fields(
    requester: Component, key: str, texts: Interpolation, lists: Mapping[str, Any] | None
) -> Json:
    """Return the query parameters or headers, without those that have no value."""
    raw = requester.take(key)
    if not raw:
        return {}
    if isinstance(raw, str):
        raw = split_mapping(raw)
    if not isinstance(raw, Mapping):
        raise UnsupportedError(f"HttpRequester.{key} is one text")
    if lists is not None and key == "request_parameters":
        raw = {name: value for name, value in raw.items() if not is_query_properties(value)}
    if any(isinstance(value, Mapping) and "type" in value for value in raw.values()):
        raise UnsupportedError(f"HttpRequester.{key} holds a list of properties")
    converted = texts.convert_value(raw, requester.parameters)
    return {name: value for name, value in converted.items() if value is not None}


def _convert_body(requester: Component, texts: Interpolation) -> Json:
    body_blocks: Json = {}
    for key, block in _BODIES.items():
        if raw := requester.take(key):
            body_blocks[block] = _fill(block, raw, requester, texts)
    if body := requester.read_child("request_body"):
        block = _OF_BODY.get(body.kind)
        if block is None:
            raise UnsupportedError(f"the body {body.kind} has no counterpart")
        body_blocks[block] = _fill(block, body.take("value"), body, texts)
    if len(body_blocks) > 1:
        raise UnsupportedError("the request has two bodies")
    if isinstance(body_blocks.get("json"), str):
        raise UnsupportedError("the JSON body is made by one expression")
    return body_blocks


def _fill(block: str, raw: Any, holder: Component, texts: Interpolation) -> Any:
    """Return a body, its texts converted."""
    if block == "json":
        return texts.convert_json(raw, holder.parameters)
    form = texts.convert_value(raw, holder.parameters)
    return _split_lists(form) if isinstance(form, Mapping) else form


def _split_lists(fields: Mapping[str, Any]) -> Json:
    """Make lists of texts that read as one: each item is sent by itself."""
    lists = {
        name: items
        for name, value in fields.items()
        if isinstance(value, str)
        and value.lstrip().startswith("[")
        and isinstance(items := interpret_value(value.strip()), list)
    }
    return {**fields, **lists}
