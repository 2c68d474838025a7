"""The `Link` header of RFC 8288: blanks separate relations, and their case does not matter.

`requests.utils.parse_header_links` divides a link at each `;`, also at one within its URL.
"""

import re
from collections.abc import Iterator, Mapping

_NAME = r"[^\s=;,<>\"]+"
_VALUE = r"\"(?:[^\"\\]|\\.)*\"|[^;,\s\"]*"
_PARAM = re.compile(rf"\s*;\s*(?P<name>{_NAME})(?:\s*=\s*(?P<value>{_VALUE}))?")
_LINK = re.compile(r"<(?P<url>[^<>]*)>")


def find_relation(header: str, relation: str) -> str | None:
    """Find the URL of a relation in a `Link` header; None if the header does not name it.

    A link with `results="false"` leads to an empty page; some APIs never omit the next one.
    """
    for url, params in _iterate_links(header):
        if relation.lower() in params.get("rel", "").lower().split():
            has_rows = params.get("results", "").lower() != "false"
            return url if has_rows else None
    return None


def find_next_link(header: str) -> str | None:
    """Find the URL of the next page, which a lone link without a relation is too."""
    links = list(_iterate_links(header))
    if len(links) == 1 and "rel" not in links[0][1]:
        return links[0][0]
    return find_relation(header, "next")


def _iterate_links(header: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the URL and the parameters of each link."""
    end = 0
    while link := _LINK.search(header, end):
        params, end = dict[str, str](), link.end()
        while param := _PARAM.match(header, end):
            params.setdefault(param["name"].lower(), (param["value"] or "").strip("\"'"))
            end = param.end()
        yield link["url"], params
