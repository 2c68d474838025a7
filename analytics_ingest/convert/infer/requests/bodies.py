"""The body of a request, to which what it holds is added: a bound of a window, a page.

dlt sends `page_param`, `start_param` and their like in the query. A document whose body begins with
`"page": 1` means the body's key, and so does one that says that they are in the request body.
"""

import re
from typing import Any, NamedTuple

from analytics_ingest.convert.draft import Draft, Json

PLACE = re.compile(r"\w+(\.\w+)*")
"""The place of a value in a JSON body."""


class Body(NamedTuple):
    """The body that the requests of a resource have, or may get."""

    block: str
    """Of its endpoint: json, or data for a form."""
    own: Json
    """What the resource itself writes into it."""
    held: Json
    """The same with what all resources share."""

    @property
    def title(self) -> str:
        """What a report calls it."""
        return "JSON body" if self.block == "json" else "form of the body"

    def find_place(self, name: str) -> str | None:
        """Find where it holds a key; `a.b` is a place if there is an object `a`."""
        if self.block == "data":
            return name if name in self.held else None
        return _find_place(name, self.held)

    def fits(self, place: str) -> bool:
        """Return whether a name can be that of a place in it."""
        return self.block == "data" or PLACE.fullmatch(place) is not None

    def put(self, place: str, value: Any) -> "Body":
        """Return it with a value at a place."""
        part = _build(self.held, [place] if self.block == "data" else place.split("."), value)
        return Body(self.block, {**self.own, **part}, {**self.held, **part})


def find_body(draft: Draft, resource: Json, *, is_form: bool = False) -> Body | None:
    """Find the body of a POST; None for other requests, and where it is a list or a text.

    Args:
        is_form: Whether a body that is not known yet is a form.
    """
    merged = draft.merge_endpoint(resource)
    if str(merged.get("method")).upper() != "POST":
        return None
    is_form = "data" in merged or (is_form and not merged.get("json"))
    block = "data" if is_form else "json"
    held, own = merged.get(block) or {}, resource["endpoint"].get(block) or {}
    if not isinstance(held, dict) or not isinstance(own, dict):
        return None
    return Body(block, own if block == "json" else held, held)


def _build(held: Json, keys: list[str], value: Any) -> Json:
    """Build the part of a body in which a value changes."""
    key, *below = keys
    if not below:
        return {key: value}
    inner = held.get(key) or {}
    return {key: {**inner, **_build(inner, below, value)}}


def _find_place(name: str, body: Json) -> str | None:
    """Return where a body holds a key, at any depth."""
    head, _, rest = name.partition(".")
    if name in body or (rest and isinstance(body.get(head), dict)):
        return name
    for key, inner in body.items():
        if isinstance(inner, dict) and PLACE.fullmatch(key) and (place := _find_place(name, inner)):
            return f"{key}.{place}"
    return None
