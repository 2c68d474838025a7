"""What a page says about the end of its listing: the declared total and flag.

`EvidenceReader` reads an `Evidence` from each page; `ending` weighs it. Where no total is declared,
dlt's `total` is one if the body has it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from analytics_ingest.common.cursor_paths import Match, ResponsePath
from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.errors import PagingError
from analytics_ingest.paginators.base import EndKeys
from analytics_ingest.paginators.page_number import PageNumberKeys

if TYPE_CHECKING:
    from requests import Response

IMPLIED_TOTAL = "total"
"""Where dlt looks for the total when the declaration does not say."""

YES = ("true", "yes", "y", "t", "1")
NO = ("false", "no", "n", "f", "0")

LOWER_BOUNDS = ("gte", "gt", ">=", ">", "greater_than_or_equal_to", "at_least")
"""What a `relation` next to a total says where the server stopped counting."""

INEXACT = {
    **dict.fromkeys(("approximate", "estimated", "estimate", "capped", "incompleteresults"), True),
    **dict.fromkeys(("exhaustivenbhits", "exact"), False),
}
"""Flags next to a total → their value where it is not the exact number."""

TOTALS_OF_PAGES = {
    *("totalpages", "pagecount", "pages", "numpages", "nbpages", "lastpage"),
    *("xwptotalpages", "xtotalpages", "xpaginationpagecount"),
}
"""Usual names of a total of pages, without signs and capitals."""

_DECLARED_TOTALS_OF_PAGES = {
    *TOTALS_OF_PAGES,
    *("totalpage", "totalpagecount", "totalpagescount", "numberofpages", "totalnumberofpages"),
    *("pagescount", "lastpagenumber"),
}
"""Further names that mean it where they are declared as the total; elsewhere they may be data."""

Unit = Literal["rows", "pages", "either"]


@dataclass(frozen=True)
class Total:
    """A number of rows or pages that a page states."""

    number: int
    key: str
    """The key and its value, for messages."""
    unit: Unit
    is_declared: bool = False
    is_exact: bool = True
    """Whether the number is not just a lower bound."""

    @property
    def may_be_limit(self) -> bool:
        """Whether it may be where the server stops counting: `relation: gte`, 1000, 10000."""
        is_round = self.number >= 1000 and not str(self.number)[1:].strip("0")
        return not self.is_exact or (is_round and self.unit != "pages")

    def is_of_one_page(self, rows: int) -> bool:
        """Return whether it says that a page with so many rows is the only one."""
        return self.number == 1 and (self.unit == "pages" or rows == 1)


@dataclass(frozen=True)
class Evidence:
    """What one page says; None where it says nothing."""

    flag: bool | None = None
    total: Total | None = None


class Claim(NamedTuple):
    """Something that says that there is more."""

    kind: str
    text: str
    is_fatal: bool = False
    """Whether a listing must not end against it."""


class EvidenceReader:
    """Reads the declared total and flag of all listings of a resource.

    Attributes:
        flag_key: The key of the flag and its value, for messages; empty where none is declared.
        flag_name: The flag's own name, without signs and capitals.
        reads_totals: Whether totals are believed at all: not with `total_path: null`.
        unread: The declared keys that no page has had so far.
        sentinels: Values in place of a total that are not totals: `-1`, or 0 where there are rows.
    """

    def __init__(self, keys: Keys) -> None:
        is_end_key = isinstance(keys, EndKeys)
        flag_path = keys.has_more_path if is_end_key else None
        self._flag_path = ResponsePath(flag_path) if flag_path else None
        self.flag_key = f"has_more_path '{flag_path}'" if flag_path else ""
        self.flag_name = normalize(flag_path.rpartition(".")[2]) if flag_path else ""
        self._unit: Unit
        self._total_path, self.total_key, self._unit = _build_total(keys)
        self._is_total_declared = bool(self.total_key)
        self.reads_totals = self._total_path is not None
        self.unread = {key for key in (self.flag_key, self.total_key) if key}
        self.sentinels: dict[str, int] = {}

    def read(self, response: "Response", rows: Sequence[Any], count: int) -> Evidence:
        """Read a page.

        Args:
            rows: What the selector matches.
            count: How many of them the API counts.

        Raises:
            PagingError: A declared key holds something else.
        """
        # A row that is the whole body may have a total of its own.
        is_row = not self._is_total_declared and len(rows) == 1 and rows[0] is response.json()
        total = None if is_row else self._read_total(response, count)
        return Evidence(self._read_flag(response), total)

    def _read_flag(self, response: "Response") -> bool | None:
        match = self._flag_path.match(response) if self._flag_path else None
        if match is None:
            return None
        self.unread.discard(self.flag_key)
        flag = as_flag(match.value)
        if flag is None and match.value is not None:
            raise PagingError(
                f"the page has no true or false at {self.flag_key}; correct has_more_path"
            )
        return flag

    def _read_total(self, response: "Response", count: int) -> Total | None:
        match = self._total_path.match(response) if self._total_path else None
        if match is None:
            return None
        number = as_number(match.value)
        if self._is_total_declared:
            self.unread.discard(self.total_key)
            if number is None and match.value is not None:
                raise PagingError(
                    f"the page has no whole number at {self.total_key}; correct that key, or "
                    "declare total_path: null"
                )
        if number is None or number < 0 or (number == 0 and count):
            if number is not None and self._is_total_declared:
                self.sentinels.setdefault(self.total_key, number)
            return None
        return Total(
            number,
            self.total_key or f"'{IMPLIED_TOTAL}'",
            self._unit,
            is_declared=self._is_total_declared,
            is_exact=not _is_lower_bound(match),
        )


def as_flag(value: Any) -> bool | None:
    """Return a flag as APIs write it: true, 1, "1", "Y", "yes"; None if it is not one."""
    text = str(value).lower() if isinstance(value, bool | int | str) else ""
    return True if text in YES else False if text in NO else None


def as_number(value: Any) -> int | None:
    """Return a whole number, also in a text; None if it is not one."""
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@lru_cache(maxsize=10_000)
def normalize(name: str) -> str:
    """Return a name without signs and capitals: `X-Total-Count` and `xTotalCount` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _build_total(keys: Keys) -> tuple[ResponsePath | None, str, Unit]:
    """Build the path of the total, its key where it is declared, and what it counts."""
    pages = keys.total_pages_path if isinstance(keys, PageNumberKeys) else None
    if pages:
        return ResponsePath(pages), f"total_pages_path '{pages}'", "pages"
    path = keys.total_path if isinstance(keys, EndKeys) else None
    unit: Unit = "rows"
    if isinstance(keys, PageNumberKeys):
        # dlt counts pages, many APIs rows: the name may tell which.
        unit = "pages" if path and _names_pages(path) else "either"
    if path:
        return ResponsePath(path), f"total_path '{path}'", unit
    is_null = "total_path" in keys.model_fields_set
    return (None if is_null else ResponsePath(IMPLIED_TOTAL)), "", unit


def _names_pages(path: str) -> bool:
    """Return whether the last name of a path says that its number counts pages."""
    names = re.findall(r"[^.\[\]'\"]+", path)
    return bool(names) and normalize(names[-1]) in _DECLARED_TOTALS_OF_PAGES


def _is_lower_bound(match: Match) -> bool:
    """Return whether something next to the total says that there may be more."""
    if not isinstance(match.holder, dict):
        return False
    for name, value in match.holder.items():
        key = normalize(str(name))
        if key.endswith("relation") and str(value).lower() in LOWER_BOUNDS:
            return True
        if isinstance(value, bool) and INEXACT.get(key.removeprefix("is")) is value:
            return True
    return False


def compare_with_either(total: Total, pages: int, rows: int, *, is_short: bool) -> bool | None:
    """Compare a total of pages, as dlt counts them, or of rows."""
    if pages >= total.number:
        return False
    if rows > total.number:
        return True if total.is_declared else None
    if rows == total.number:
        return False if is_short else None
    return True


def describe_doubt(total: Total | None, *, is_fault: bool, may_be_limit: bool) -> str:
    """Return why the refusal of the next page may not mean the end; empty if it does."""
    says, more = f"{total.key} says {total.number}" if total else "", "if there are more rows"
    if is_fault:
        return f"and {says}; {more}, declare total_path: null"
    limit = f"where servers stop counting; {more}, declare max_window"
    return f"but {says}, {limit}" if may_be_limit else ""
