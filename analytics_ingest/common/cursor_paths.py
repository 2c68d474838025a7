"""Where a response says how its listing continues: a key of the body, a JSONPath, or a rooted path.

A rooted path begins at a part of the response: `response['a'][-1].b`, `headers.link.next.url`.
Any other is first taken literally, as a key of the body (`@odata.nextLink`), then as a JSONPath.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analytics_ingest.common.jsonpaths import compile_path

if TYPE_CHECKING:
    from requests import Response

_ROOT = re.compile(r"response|headers|last_record")
_STEP = re.compile(r"""\.([^.\[\]]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(-?\d+)\]""")

_ODATA_LINK = re.compile(r"@?odata\.nextLink|__next")


@dataclass(frozen=True)
class RootedPath:
    """A root (`response`, `headers` or `last_record`) and the keys or list indexes below it."""

    root: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> "RootedPath | None":
        """Parse a path; None if it does not begin at a root."""
        match = _ROOT.match(text)
        if match is None:
            return None
        root, position, steps = match[0], match.end(), []
        while position < len(text):
            match = _STEP.match(text, position)
            if match is None:
                return None
            steps.append(int(match[4]) if match[4] else match[match.lastindex or 0])
            position = match.end()
        return cls(root, tuple(steps)) if steps else None

    def find(self, roots: Mapping[str, Any]) -> Any:
        """Find the value at the path; None if there is none."""
        match = self.match(roots)
        return match.value if match else None

    def match(self, roots: Mapping[str, Any]) -> "Match | None":
        """Return the value at the path, of any type; None if there is none."""
        value, holder = roots[self.root], None
        for step in self.steps:
            holder = value
            if isinstance(value, Mapping) and step in value:
                value = value[step]
            elif isinstance(value, list) and step in range(-len(value), len(value)):
                value = value[int(step)]
            else:
                return None
        return Match(value, holder)


class Match(NamedTuple):
    """The value at a path, of any type."""

    value: Any
    holder: Any
    """The object or list that it is a part of."""


class ResponsePath:
    """A path in a response, which may also be null or missing there.

    Args:
        text: As it is declared.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._rooted = RootedPath.parse(text)
        self._json_path = None if self._rooted else compile_path(text)
        self._is_name = text.isidentifier()
        steps = self._rooted.steps if self._rooted and self._rooted.root == "headers" else ()
        self.is_link_header = [str(step).lower() for step in steps] == ["link"]
        """Whether it is the whole `Link` header, not one of its relations."""

    def match(self, response: "Response", last_record: Any = None) -> Match | None:
        """Return the value at the path, of any type; None if there is none."""
        body = response.json()
        return self.match_body(body) or self._match_rooted(response, body, last_record)

    def match_body(self, body: Any) -> Match | None:
        """Return the value at the path in a body, of any type; None also for a rooted path."""
        if isinstance(body, Mapping) and self.text in body:
            return Match(body[self.text], body)
        if self._json_path is None or (self._is_name and isinstance(body, Mapping)):
            return None
        matches = self._json_path.find(body)
        context = matches[0].context if matches else None
        return Match(matches[0].value, context and context.value) if matches else None

    def _match_rooted(self, response: "Response", body: Any, last_record: Any) -> Match | None:
        rooted = self._rooted
        if rooted is None:
            return None
        if rooted.root == "response" and isinstance(body, dict) and "response" in body:
            match = rooted.match(body)
            if match and match.value:
                return match
        headers = _build_relations(response) if rooted.root == "headers" else None
        return rooted.match({"response": body, "headers": headers, "last_record": last_record})


def _build_relations(response: "Response") -> Any:
    """Index the headers by name, ignoring case; `Link` holds its relations."""
    from requests.structures import CaseInsensitiveDict

    return CaseInsensitiveDict({**response.headers, "link": response.links})


class LinkText(str):
    """The text of a Link header, with its relations: `headers.Link.next.url`."""

    relations: Mapping[str, Any]

    def __getitem__(self, key: Any) -> Any:
        return self.relations[key] if isinstance(key, str) else super().__getitem__(key)


def build_headers(response: "Response") -> Any:
    """Build the headers by their names in any case, for an expression.

    As in Airbyte, `link` in small letters is the Link header's relations, and `Link` its text.
    """
    headers = _import_headers_type()(response.headers)
    headers.links = response.links
    return headers


@lru_cache(maxsize=1)
def _import_headers_type() -> Any:
    """Import the type once, and only where an expression is evaluated: it needs requests."""
    from requests.structures import CaseInsensitiveDict

    class Headers(CaseInsensitiveDict[Any]):
        links: Mapping[str, Any]

        def __getitem__(self, name: str) -> Any:
            if name == "link":
                return self.links
            value = super().__getitem__(name)
            if name.lower() == "link":
                value = LinkText(value)
                value.relations = self.links
            return value

    return Headers


def find_odata_link(body: Any) -> str | None:
    """Find the path of OData's link to the next page; None if the body has none."""
    if not isinstance(body, Mapping):
        return None
    below = body.get("d")
    for prefix, values in (("", body), ("d.", below if isinstance(below, Mapping) else {})):
        for name, value in values.items():
            if isinstance(value, str) and value and _ODATA_LINK.fullmatch(str(name)):
                return f"{prefix}{name}"
    return None
