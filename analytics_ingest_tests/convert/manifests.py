"""Manifests of the tests, in Airbyte's low-code language: short ways to write one."""

import json
from typing import Any

Json = dict[str, Any]

SPEC: Json = {
    "type": "Spec",
    "connection_specification": {
        "type": "object",
        "required": ["api_key"],
        "properties": {
            "api_key": {"type": "string", "airbyte_secret": True, "description": "The shop's key."},
            "shop": {"type": "string", "default": "main", "description": "Which shop."},
        },
    },
}
KEY = {"type": "BearerAuthenticator", "api_token": "{{ config['api_key'] }}"}


def requester(path: str = "/orders", **keys: Any) -> Json:
    """A requester below the shop's address."""
    return {
        "type": "HttpRequester",
        "url_base": "https://shop.test/v1",
        "path": path,
        "authenticator": KEY,
        **keys,
    }


def stream(name: str = "orders", path: str | None = None, **keys: Any) -> Json:
    """A stream; `requester` and the keys of a retriever may be given beside its own."""
    own = ("partition_router", "paginator", "decoder", "record_selector")
    retriever = {key: keys.pop(key) for key in own if key in keys}
    asked = keys.pop("requester", None) or requester(f"/{name}" if path is None else path)
    selector = {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}}
    return {
        "type": "DeclarativeStream",
        "name": name,
        "primary_key": ["id"],
        "retriever": {
            "type": "SimpleRetriever",
            "requester": asked,
            "record_selector": selector,
            **retriever,
        },
        **keys,
    }


def manifest(*streams: Json, spec: Json | None = None, **keys: Any) -> str:
    """The text of a manifest; with one stream, `orders`, unless some are given."""
    return json.dumps(
        {
            "version": "6.0.0",
            "type": "DeclarativeSource",
            "check": {"type": "CheckStream", "stream_names": ["orders"]},
            "streams": list(streams) or [stream()],
            "spec": SPEC if spec is None else spec,
            **keys,
        }
    )
