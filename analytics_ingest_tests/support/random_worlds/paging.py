"""How random APIs page, what they say of the end, and the paginator that is declared of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

COUNTED = ("offset", "page_number")
KINDS = (
    *COUNTED,
    *COUNTED,
    "cursor",
    "json_link",
    "odata",
    "header_link",
    "header_cursor",
    "single_page",
)
TOTALS = ("right", "right", "text", "small", "large", "-1", "0", "page", "pages")
FLAGS = ((True, False), (1, 0), ("Y", "N"), ("true", "false"), (True, None), ("1", "0"))
BEYOND = ("empty", "empty", "404", "400", "last again", "{}", "null")
PLACES = ("total", "meta.total", "totalCount", "X-Total-Count")


@dataclass(frozen=True)
class Paging:
    """How a listing is paged."""

    kind: str
    size: int
    """Rows a page that the API gives at most."""
    reads_size: bool
    """Whether it gives fewer where fewer are asked for."""
    base: int
    beyond: str
    """How it answers the request for a page after the last one."""
    link: str
    """How it writes links."""
    end: str
    """How it writes the cursor or link of the last page."""
    place: str
    """Where the rows are."""
    total: str | None = None
    """What the total says."""
    total_place: str = "total"
    flag: tuple[Any, Any] | None = None
    flag_lies: str | None = None
    declared: Mapping[str, Any] | str | None = None
    mistakes: tuple[str, ...] = field(default_factory=tuple)
    """What is declared wrongly."""

    @property
    def lies(self) -> bool:
        """Whether anything that the API says, or that is declared of it, is wrong."""
        is_total_right = self.total in (None, "right", "text")
        if self.kind in COUNTED:
            is_end_odd = self.beyond in ("404", "400", "last again")
        else:
            is_end_odd = self.end == "same" and self.kind in ("cursor", "json_link", "odata")
        return not is_total_right or is_end_odd or bool(self.flag_lies or self.mistakes)


def random_paging(rng: Random) -> Paging:
    """A way to page."""
    kind = rng.choice(KINDS)
    size = rng.choice((1, 2, 3, 5))
    keys: dict[str, Any] = {
        "kind": kind,
        "size": size,
        "reads_size": rng.random() < 0.7,
        "base": rng.choice((0, 1)),
        "beyond": rng.choice(BEYOND),
        "link": rng.choice(("absolute", "relative", "query")),
        "end": rng.choice(("null", "absent", "empty text", "to an empty page", "same")),
        "place": rng.choice(("data", "data", "result.items", "$")),
    }
    if rng.random() < 0.5:
        keys |= {"total": rng.choice(TOTALS), "total_place": rng.choice(PLACES)}
    if rng.random() < 0.3:
        # A flag that is false too early is a lie that only a total can show.
        is_shown = keys.get("total") in ("right", "text", "large")
        lies = ("early", "always") if is_shown else ("always",)
        keys |= {"flag": rng.choice(FLAGS), "flag_lies": rng.choice((None, None, *lies))}
    if keys["place"] == "$":
        keys["flag"] = keys["flag_lies"] = None
        keys["total_place"] = "X-Total-Count"
        keys["kind"] = {
            "odata": "header_link",
            "json_link": "header_link",
            "cursor": "header_cursor",
        }.get(kind, kind)
    if keys.get("total") == "page" and (size == 1 or not keys["reads_size"]):
        keys["total"] = "right"  # It might as well be the number of pages.
    paging = Paging(**keys)
    declared, mistakes = _declared(rng, paging)
    return Paging(**{**keys, "declared": declared, "mistakes": mistakes})


_BASICS: Mapping[str, Mapping[str, Any]] = {
    "odata": {"type": "json_link", "next_url_path": "@odata.nextLink"},
    "json_link": {"type": "json_link", "next_url_path": "links.next"},
    "header_link": {"type": "header_link"},
    "header_cursor": {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "cursor"},
    "cursor": {"type": "cursor", "cursor_path": "meta.next", "cursor_param": "cursor"},
    "offset": {"type": "offset"},
    "page_number": {"type": "page_number"},
    "single_page": {"type": "single_page"},
}
_DETECTED = ("single_page", "header_link", "odata")
"""Kinds that dlt detects where nothing is declared."""


def _declared(rng: Random, paging: Paging) -> tuple[Any, tuple[str, ...]]:
    """The paginator that a user declares, and what is wrong with it."""
    if paging.kind in _DETECTED and rng.random() < 0.2:
        return None, ()
    declared = {**_BASICS[paging.kind], **_declared_size(rng, paging)}
    if paging.kind not in (*COUNTED, "cursor"):
        return declared, ()
    ends, mistakes = _declared_ends(rng, paging)
    return {**declared, **ends}, mistakes


def _declared_size(rng: Random, paging: Paging) -> dict[str, Any]:
    """The page size, which need not be the one that the API gives."""
    # Rows of a page as a total look right on a page that the API has cut.
    sizes = (paging.size,) if paging.total == "page" else (paging.size, paging.size + 2, 1, 100)
    size = {"limit": rng.choice((paging.size, *sizes))}
    if paging.kind == "offset":
        return size
    if paging.kind != "page_number":
        return {}
    base = {"base_page": paging.base}
    if paging.total != "page" and rng.random() < 0.3:
        return base
    return {**base, **size, **({"limit_param": "limit"} if paging.reads_size else {})}


def _declared_ends(rng: Random, paging: Paging) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The places of total and flag, some of which are on no page."""
    ends: dict[str, Any] = {}
    mistakes: list[str] = []
    # A lone `total` that nobody declared is believed, as in dlt.
    if paging.total and (paging.total == "page" or rng.random() < 0.6):
        place = paging.total_place
        key = "total_path"
        if paging.total == "pages" and paging.kind == "page_number":
            key = "total_pages_path"
        ends[key] = f"headers.{place}" if place.startswith("X-") else place
    elif rng.random() < 0.05:
        ends["total_path"] = "meta.count"
        mistakes.append("a total on no page")
    if paging.flag and rng.random() < 0.6:
        ends["has_more_path"] = "meta.more"
    elif rng.random() < 0.05:
        ends["has_more_path"] = "meta.further"
        mistakes.append("a flag on no page")
    return ends, tuple(mistakes)
