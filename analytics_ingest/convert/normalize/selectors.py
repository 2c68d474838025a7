"""Selectors and expressions of documents → their shortest form, where it means the same."""

import re
from typing import Any

from analytics_ingest.common.expressions.syntax import bare
from analytics_ingest.convert.normalize.structure import with_resources

_PLAIN = re.compile(r"[A-Za-z_]\w*|\*")
EXPRESSIONS = ("cursor_value", "stop_condition", "cursor_path", "next_url_path")
_WHOLE = ("", "[]", "$", ".", "root", "$[*]", "[*]")
_WORDS = {
    "===": "==",
    "!==": "!=",
    "&&": " and ",
    "||": " or ",
    "!": "not ",
    ".length": "|length",
    "response.headers": "headers",
    "response.json()": "response",
}
"""What documents write as JavaScript and the library requests do → the same here."""
_FOREIGN = re.compile(
    r"""'[^']*'|"[^"]*"|!==|===|!=|&&|\|\||!|\.length\b(?!\()"""
    r"""|\bresponse\.(?:headers\b|json\(\))"""
)
"""One of these, or a text within quotes, which stays as it is."""

Json = dict[str, Any]


def with_plain_selectors(api: Json) -> Json:
    """The configuration with selectors such as `a.*.b`, and expressions without braces."""
    defaults = dict(api.get("resource_defaults", {}))
    if "endpoint" in defaults:
        defaults["endpoint"] = _endpoint(defaults["endpoint"])
    client = _endpoint(api["client"])
    resources = [{**r, "endpoint": _endpoint(r["endpoint"])} for r in api["resources"]]
    return with_resources({**api, "client": client}, defaults, resources)


def _endpoint(written: Json) -> Json:
    endpoint = dict(written)
    if isinstance(endpoint.get("paginator"), dict):
        endpoint["paginator"] = {
            key: plain_expression(value) if key in EXPRESSIONS else value
            for key, value in endpoint["paginator"].items()
        }
    if "data_selector" not in endpoint:
        return endpoint
    selector = plain_selector(endpoint["data_selector"])
    if selector is None:
        del endpoint["data_selector"]
    else:
        endpoint["data_selector"] = selector
    return endpoint


def plain_expression(written: Any) -> Any:
    """An expression in jinja2's words, without the double braces around it."""
    if isinstance(written, list) and all(isinstance(key, str) for key in written):
        return ".".join(written)
    if not isinstance(written, str):
        return written
    return _FOREIGN.sub(lambda found: _WORDS.get(found[0], found[0]), bare(written) or written)


def plain_selector(written: Any) -> Any:
    """The shortest form of a selector; None where there is none."""
    if written == [] or (isinstance(written, str) and written.strip() in _WHOLE):
        return "$"
    if isinstance(written, list) and all(isinstance(key, str) for key in written):
        return ".".join(written) if all(map(_PLAIN.fullmatch, written)) else written
    if isinstance(written, str):
        return re.sub(r"\[\]", "", written.strip()).strip(".") or "$"
    return written
