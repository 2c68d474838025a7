"""The client of a document → one that a declaration can hold; the rest is noted as to be set."""

import re
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.normalize.placeholders import (
    as_settings,
    clean_path,
    each_text,
    with_window,
)
from analytics_ingest.convert.normalize.structure import with_resources

PLACEHOLDER = "https://api.example.com"

_HOST = re.compile(r"[\w{}.-]+\.[a-z]{2,}(:\d+)?(/|$)", re.IGNORECASE)
_NO_REAL_HOST = re.compile(
    r"(^|[./-])(example|your[\w-]*|my[-_]?(domain|company|instance))\b|localhost", re.I
)


def with_settings(api: dict[str, Any], notes: ConversionLog) -> dict[str, Any]:
    """The configuration with an address that loads, and settings for what no parent can fill."""
    client = {**api["client"], "base_url": usable_address(api["client"].get("base_url"), notes)}
    for key in ("headers", "auth"):
        if key in client:
            client[key] = each_text(client[key], as_settings)
    defaults = dict(api.get("resource_defaults", {}))
    if "endpoint" in defaults:
        defaults["endpoint"] = {
            key: each_text(value, as_settings) if key in ("params", "headers", "json") else value
            for key, value in defaults["endpoint"].items()
        }
    resources = [
        {**r, "endpoint": {k: each_text(v, with_window) for k, v in r["endpoint"].items()}}
        for r in api["resources"]
    ]
    return with_resources({**api, "client": client}, defaults, resources)


def usable_address(written: Any, notes: ConversionLog) -> str:
    """An absolute base URL, its placeholders settings."""
    text = clean_path(written.strip()) if isinstance(written, str) else ""
    text = as_settings(text) or ""
    if not text or re.fullmatch(r"\{settings\.\w+\}/?", text):
        notes.must_set("base_url", "the address of the API, which the document does not name")
        return PLACEHOLDER
    if "://" not in text and not text.startswith("{"):
        if not _HOST.match(text):
            path = "/" + text.strip("/")
            notes.must_set(
                "base_url", f"the address of the API; the document names its path {path}"
            )
            return PLACEHOLDER + path
        notes.assume(None, "client.base_url names no scheme: https")
        text = f"https://{text}"
    host = text.partition("://")[2].partition("/")[0]
    if _NO_REAL_HOST.search(host):
        notes.must_set("base_url", f"the address of the API: the document's is an example, {text}")
    elif text.startswith("http://"):
        notes.must_set(
            "base_url",
            "an https address; or declare client.allow_http: the document's is plain http, and a "
            "load refuses to send a key in the clear",
        )
    return text
