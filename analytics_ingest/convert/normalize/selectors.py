"""Brings the selectors and expressions of documents into their shortest form."""

import re
from typing import Any

from analytics_ingest.common.expressions.syntax import find_unknown_names, strip_braces
from analytics_ingest.convert.draft import Draft, Json

EXPRESSIONS = {"cursor_value", "stop_condition", "cursor_path", "next_url_path"}
COUNTED = ("page_number", "offset")
"""Paginators that no expression ends."""
_WHOLE = ("root", "$[*]", "[*]")
_WORDS = {
    "===": "==",
    "!==": "!=",
    "&&": " and ",
    "||": " or ",
    "!": "not ",
    ".length": "|length",
    "response.headers": "headers",
    "response.json()": "response",
    "dlt.config": "config",
    "null": "none",
}
"""What documents write as JavaScript and the library requests do → the same here."""
_OF_AIRBYTE = (
    "last_records",
    "parameters",
    "record",
    "stream_interval",
    "stream_partition",
    "stream_slice",
    "stream_state",
)
_NAME = re.compile(r"\w+|\*")
_PLAIN = re.compile(r"(?=.*[\w-][ -]+\w)[\w *-]+(?:\.[\w *-]+)*")
"""Names with blanks or hyphens, which a JSONPath has in quotes."""
_FOREIGN = re.compile(
    r"""'[^']*'|"[^"]*"|!==|===|!=|&&|\|\||!|\.length\b(?!\()"""
    r"""|\bresponse\.(?:headers\b|json\(\))|\bdlt\.config\b|(?<=\bis )null\b|(?<=\bis not )null\b"""
)
"""One of these, or a text within quotes, which stays as it is."""


def simplify_selectors(draft: Draft) -> None:
    """Write selectors such as `a.*.b`, and expressions without braces."""
    for name, endpoint in (*draft.iterate_endpoints(), (None, draft.client)):
        if isinstance(paginator := endpoint.get("paginator"), dict):
            for key in EXPRESSIONS & paginator.keys():
                paginator[key] = simplify_expression(paginator[key])
            for key in ("cursor_path", "next_url_path"):
                _read_header(draft, name, paginator, key)
            for key in ("cursor_value", "stop_condition"):
                if isinstance(paginator.get(key), str) and paginator.get("type") not in COUNTED:
                    paginator[key] = _read_at_root(draft, name, paginator[key])
        selector = endpoint.get("data_selector")
        if isinstance(selector, str):
            endpoint["data_selector"] = simplify_selector(selector)
        elif selector is None and (name is None or "data_selector" not in draft.shared):
            endpoint.pop("data_selector", None)


def simplify_expression(raw: Any) -> Any:
    """Write an expression in jinja2's words, without the double braces around it."""
    if isinstance(raw, list) and all(isinstance(key, str) for key in raw):
        return ".".join(raw)
    if not isinstance(raw, str):
        return raw
    return _FOREIGN.sub(lambda match: _WORDS.get(match[0], match[0]), strip_braces(raw) or raw)


def _read_header(draft: Draft, name: str | None, paginator: Json, key: str) -> None:
    """Read a path of headers, which a document may begin at the root: `$.headers.X-Next`."""
    path = str(paginator.get(key))
    if path.startswith("$.headers."):
        paginator[key] = path.removeprefix("$.")
        draft.log.assume(name, f"{key} {path} is a header of the response, not a field of its body")


def _read_at_root(draft: Draft, name: str | None, text: str) -> str:
    """Read the names that an expression does not explain at the root of the response.

    Names of Airbyte's that have another meaning stay, and the expression is refused later.
    """
    unknown = [word for word in find_unknown_names(text) if word not in _OF_AIRBYTE]
    if not unknown:
        return text
    words = "|".join(unknown)
    names = re.compile(rf"""'[^']*'|"[^"]*"|(?<![\w.])(?:{words})\b(?!\s*(?:\(|=(?!=)))""")
    draft.log.assume(name, f"{', '.join(unknown)} is read at the root of the response")
    return names.sub(lambda m: m[0] if m[0][0] in "'\"" else f"response.{m[0]}", text)


def simplify_selector(raw: str) -> str:
    """Return the shortest form of a selector."""
    selector = raw.strip()
    plain = "$" if selector in _WHOLE else selector.replace("[]", "").strip(".") or "$"
    if not _PLAIN.fullmatch(plain):
        return plain
    return ".".join(name if _NAME.fullmatch(name) else f"'{name}'" for name in plain.split("."))
