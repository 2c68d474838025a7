"""Makes settings of what a document leaves open: references, placeholders, the address."""

import re
from typing import Any

from analytics_ingest.common.hosts import is_loopback
from analytics_ingest.common.json_tree import DROPPED, Path, map_leaves, map_strings
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.normalize.placeholders import clean_path, make_settings
from analytics_ingest.convert.python.values import Code, Reference, to_setting_name
from analytics_ingest.declaration.airbyte.placeholders import translate_window_bounds

EXAMPLE_URL = "https://api.example.com"

_HOST = re.compile(r"[\w{}.-]+\.[a-z]{2,}(:\d+)?(/|$)", re.IGNORECASE)
_NO_REAL_HOST = re.compile(
    r"(^|[./-])(example|your[\w-]*|my[-_]?(domain|company|instance))\b|localhost", re.I
)
_TEXTS = ("params", "headers", "json")


def replace_references(draft: Draft) -> None:
    """Replace references by settings and drop code; secrets have been removed before."""

    def replace(value: Any, resource: str | None) -> Any:
        def change(path: Path, leaf: Any) -> Any:
            if isinstance(leaf, Reference) and leaf.is_list and path[-1] != "values":
                reason = "a setting that is split into values is not a list here"
                draft.log.leave_out(resource, ".".join(path), reason)
                return DROPPED
            if isinstance(leaf, Reference):
                setting = to_setting_name(leaf.name or ".".join(path))
                if leaf.separator:
                    draft.log.separators[setting] = leaf.separator
                return f"{{settings.{setting}}}"
            if isinstance(leaf, Code):
                reason = f"{leaf.what} on line {leaf.line} is code, which is not run"
                draft.log.leave_out(resource, ".".join(path), reason)
                return DROPPED
            return leaf

        return map_leaves(value, change)

    resources = [replace(resource, resource["name"]) for resource in draft.resources]
    draft.attributes = {
        **replace({**draft.attributes, "resources": []}, None),
        "resources": resources,
    }


def fill_address(draft: Draft) -> None:
    """Give the client an address that loads, and settings for what no parent can fill."""
    draft.client["base_url"] = build_address(draft.client.get("base_url"), draft.log)
    _fill_token_address(draft)
    for holder, keys, place in (
        (draft.client, ("headers", "auth"), "client"),
        (draft.shared, _TEXTS, "resource_defaults.endpoint"),
    ):
        for key in [key for key in keys if key in holder]:
            holder[key] = _fill(holder[key], f"{place}.{key}", draft.log)
    for resource in draft.resources:
        resource["endpoint"] = map_strings(resource["endpoint"], translate_window_bounds)


def _fill_token_address(draft: Draft) -> None:
    """Make a setting of the address of tokens where its host is an example."""
    auth = draft.client.get("auth")
    if not isinstance(auth, dict):
        return
    for key in [key for key in auth if key.endswith("_url")]:
        address = str(auth[key])
        host = address.partition("://")[2].partition("/")[0]
        if not _NO_REAL_HOST.search(host):
            continue
        path, base = address.partition(host)[2], draft.client["base_url"]
        if address.startswith(base.rstrip("/") + "/"):
            auth[key] = address.removeprefix(base).lstrip("/")
            draft.log.assume(None, f"auth.{key} is below base_url: {auth[key]}")
        else:
            auth[key] = f"{{settings.{key}}}"
            draft.log.require(key, f"the address {path} of the API that gives tokens")


def _fill(value: Any, place: str, log: ConversionLog) -> Any:
    """Make settings of the placeholders of a value."""

    def change(path: Path, leaf: Any) -> Any:
        if not isinstance(leaf, str) or path == ("token_format",):
            return leaf
        text = make_settings(leaf)
        if text is None:
            key = ".".join((place, *path))
            log.leave_out(None, key, "its expression cannot be evaluated")
        return DROPPED if text is None else text

    return map_leaves(value, change)


def build_address(raw: Any, log: ConversionLog) -> str:
    """Build an absolute base URL, its placeholders settings."""
    text = clean_path(raw.strip()) if isinstance(raw, str) else ""
    text = make_settings(text) or ""
    if not text or re.fullmatch(r"\{settings\.\w+\}/?", text):
        log.require("base_url", "the address of the API, which the document does not name")
        return EXAMPLE_URL
    if "://" not in text and not text.startswith("{"):
        if not _HOST.match(text):
            path = "/" + text.strip("/")
            log.require("base_url", f"the address of the API; the document names its path {path}")
            return EXAMPLE_URL + path
        log.assume(None, "client.base_url names no scheme: https")
        text = f"https://{text}"
    host = text.partition("://")[2].partition("/")[0]
    if _NO_REAL_HOST.search(host):
        log.require("base_url", f"the address of the API: the document's is an example, {text}")
    elif text.startswith("http://") and not is_loopback(host.partition(":")[0]):
        log.require(
            "base_url",
            "an https address; or declare client.allow_http: the document's is plain http, and a "
            "load refuses to send a key in the clear",
        )
    return text
