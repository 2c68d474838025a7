"""How a listing continues after its first page, by its parameters and its answer.

Nothing limits the number of pages. What the document leaves open is assumed with a line, or left to
the paginator `auto` and the API's answers.
"""

import re

from analytics_ingest.convert.conversion_log import NO_FIRST_PAGE, ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.openapi.answer_marks import (
    Mark,
    find_end,
    find_flag,
    find_total,
    list_next_marks,
    list_number_marks,
    read_marks,
    says_more,
)
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.operations import Parameter
from analytics_ingest.convert.openapi.paging_names import (
    CURSORS,
    OFFSETS,
    PAGES,
    SIZES,
    choose_page_size,
    find,
)
from analytics_ingest.convert.openapi.tokens import is_token, pair_token, rank
from analytics_ingest.convert.openapi.words import to_plain

SINGLE_PAGE: Json = {"type": "single_page"}
_LAST_ROW = ("startingafter", "startingafterid", "afterid", "startafter")
_FROM_ZERO = re.compile(
    r"(zero|0)[- ](based|indexed)|(start|begin)\w*\s+(at|from|with)\s+(0|zero)\b", re.IGNORECASE
)
_LINK_HEADER = re.compile(r"\blink`?\W+(?:[a-z]+ )?header", re.IGNORECASE)
_SPRING = {"totalelements", "totalpages", "content", "numberofelements", "pageable"}


def read_paging(listing: Listing, log: ConversionLog) -> Json:
    """Read the paginator of a listing, and add the page size to its request where needed."""
    return _Paging(listing, log).read()


class _Paging:
    def __init__(self, listing: Listing, log: ConversionLog) -> None:
        self._listing, self._log = listing, log
        self._marks = read_marks(listing)
        self._next = list_next_marks(self._marks)
        operation = listing.operation
        self._size = find(operation, SIZES)
        self._page, self._offset, self._cursor = (
            find(operation, names) for names in (PAGES, OFFSETS, CURSORS)
        )
        self._limit = choose_page_size(self._size) if self._size else None
        if self._cursor and "integer" in self._cursor.shape.types:
            self._next += list_number_marks(self._marks)
        if pair := pair_token(operation, self._marks, self._cursor):
            self._cursor, self._next = pair[0], [pair[1]]

    def read(self) -> Json:
        if paginator := self._page_by_token() or self._page_by_link() or self._page_by_last_row():
            return paginator
        if self._offset and not is_token(self._offset):
            return self._page_by_offset(self._offset)
        if self._page and not is_token(self._page):
            return self._page_by_number(self._page)
        if header := self._page_by_header():
            return header
        return self._leave_undecided()

    def _leave_undecided(self) -> Json:
        """Return a single page where nothing speaks of pages, else what the first answer shows."""
        for mark in self._next:
            if to_plain(mark.path[-1]) in CURSORS and mark.is_link is False:
                name = re.sub(
                    r"^next_?(?=[a-zA-Z_]*(cursor|token|marker)$)", "", mark.path[-1], flags=re.I
                )
                name = name[:1].lower() + name[1:]
                self._assume(
                    f"{mark.dotted} of the answer is sent back as {name}, which is not a parameter"
                )
                return {"type": "cursor", "cursor_path": mark.dotted, "cursor_param": name}
        named = [p.name for p in (self._cursor, self._offset, self._page, self._size) if p]
        named += [f"{sign} of the answer"] if (sign := says_more(self._marks)) else []
        if not named:
            return dict(SINGLE_PAGE)
        self._send_size()
        text = f"the document does not say what asks for its next page (it has {', '.join(named)})"
        self._assume(f"{text}: the first answer shows it")
        return {"type": "auto"}

    def _page_by_token(self) -> Json | None:
        """Return a token of the answer that a parameter sends back."""
        senders = [p for p in (self._cursor, self._offset, self._page) if p]
        for sender in senders:
            if sender is not self._cursor and self._is_number(sender):
                continue
            tokens = [mark for mark in self._next if mark.is_link is not True]
            tokens.sort(key=lambda mark: rank(mark, sender))
            fitting = [m for m in tokens if m.is_link is False] or tokens
            if not fitting or (fitting[0].is_link is None and self._list_links()):
                continue
            mark = fitting[0]
            if mark.is_link is None:
                self._assume(f"{mark.dotted} of the answer is sent back as {sender.name}")
            self._switch_on(sender)
            place = "cursor_param" if sender.place == "query" else "cursor_body_path"
            paginator = {"type": "cursor", "cursor_path": mark.dotted, place: sender.name}
            return {**paginator, **self._build_sized_cursor(), **self._build_end(mark)}
        return None

    def _switch_on(self, sender: Parameter) -> None:
        """Ask for cursors where a parameter such as usemarker does."""
        for parameter in self._listing.operation.list_parameters("query"):
            if to_plain(parameter.name) == f"use{to_plain(sender.name)}":
                self._listing.endpoint.setdefault("params", {})[parameter.name] = True

    def _list_links(self) -> list[Mark]:
        return [mark for mark in self._next if mark.is_link]

    def _page_by_link(self) -> Json | None:
        open_links = [] if self._page or self._offset else self._next
        links = self._list_links() or [mark for mark in open_links if mark.is_link is None]
        if links:
            if not links[0].is_link:
                self._assume(f"{links[0].dotted} of the answer is the URL of the next page")
            self._send_size()
            if links[0].is_certain and (flag := self._build_flag()):  # the last page has a link too
                return {"type": "cursor", "cursor_path": links[0].dotted, **flag}
            return {"type": "json_link", "next_url_path": links[0].dotted}
        if self._names_link_header():
            self._send_size()
            return {"type": "header_link"}
        return None

    def _names_link_header(self) -> bool:
        """Return whether the answer has the header `Link`, or a parameter is described by it."""
        senders = [p for p in (self._cursor, self._page, self._offset) if p]
        texts = [
            *(p.description for p in senders),
            self._listing.operation.node.get_text("description"),
        ]
        is_described = any(_LINK_HEADER.search(text) for text in texts)
        headers = map(str.lower, self._listing.answer.headers)
        return "link" in headers or (is_described and bool(senders))

    def _page_by_last_row(self) -> Json | None:
        cursor, key = self._cursor, self._listing.key
        if not cursor or not key or to_plain(cursor.name) not in _LAST_ROW:
            return None
        flag = self._build_flag()
        if not flag:
            self._assume(f"{cursor.name} is the {key} of the last row of a page")
        paginator = {"type": "cursor", "cursor_value": f"last_record.{key}"}
        return {**paginator, "cursor_param": cursor.name, **self._build_sized_cursor(), **flag}

    def _page_by_offset(self, offset: Parameter) -> Json:
        in_body = offset.place == "body"
        paginator: Json = {"type": "offset", "limit": None}
        if self._size and self._limit and (self._size.place == "body") == in_body:
            key = "limit_body_path" if in_body else "limit_param"
            sent = (
                {} if (key, self._size.name) == ("limit_param", "limit") else {key: self._size.name}
            )
            paginator |= {"limit": self._limit, **sent}
        key = "offset_body_path" if in_body else "offset_param"
        if (key, offset.name) != ("offset_param", "offset"):
            paginator[key] = offset.name
        if (first := self._find_first(offset)) and to_plain(offset.name) not in ("offset", "skip"):
            paginator["offset"] = first
        return {**paginator, **self._build_flag(), **self._build_total()}

    def _page_by_number(self, page: Parameter) -> Json:
        key = "page_param" if page.place == "query" else "page_body_path"
        paginator: Json = {"type": "page_number", key: page.name}
        first = self._find_first(page)
        if first is None and set(map(to_plain, self._listing.body.properties)) >= _SPRING:
            first = 0
        if first is None and re.search(r"\b1\b|one[- ]based|first page", page.description):
            first = 1
        if first is None:
            self._assume(NO_FIRST_PAGE)
        else:
            paginator["start_from_page"] = first
        paginator |= {**self._build_sized_cursor(), **self._build_flag()}
        pages = find_total(self._marks, pages=True)
        return {**paginator, **({"total_pages_path": pages} if pages else self._build_total())}

    def _page_by_header(self) -> Json | None:
        names = [
            n
            for n in self._listing.answer.headers
            if re.fullmatch(
                "x?next(cursor|token|pagetoken|page)?|xcontinuationtoken|xcursor", to_plain(n)
            )
        ]
        if not names or not self._cursor or self._cursor.place != "query":
            return None
        self._send_size()
        return {"type": "header_cursor", "cursor_key": names[0], "cursor_param": self._cursor.name}

    def _find_first(self, parameter: Parameter) -> int | None:
        """Return where positions begin, if the document says so."""
        shape = parameter.shape
        for value in (shape.default, shape.minimum):
            if value in (0, 1, "0", "1") and not isinstance(value, bool):
                return int(value)
        return 0 if _FROM_ZERO.search(parameter.description) else None

    def _is_number(self, parameter: Parameter) -> bool:
        kinds = parameter.shape.types
        return not kinds or bool({"integer", "number"} & set(kinds))

    def _build_sized_cursor(self) -> Json:
        """Build the page size of a paginator that sends it by a parameter, else by the request."""
        if self._size and self._limit and self._size.place == "query":
            return {"limit": self._limit, "limit_param": self._size.name}
        self._send_size()
        return {}

    def _send_size(self) -> None:
        if self._size and self._limit:
            block = "params" if self._size.place == "query" else "json"
            holder = self._listing.endpoint.setdefault(block, {})
            above = self._size.name.removesuffix(self._size.own_name).rstrip(".")
            holder = holder.setdefault(above, {}) if above else holder
            holder[self._size.own_name] = self._limit

    def _build_flag(self) -> Json:
        flag = find_flag(self._marks)
        return {"has_more_path": flag} if flag else {}

    def _build_end(self, token: Mark) -> Json:
        """Return what ends a listing by cursor, where the last page has a cursor too."""
        end = find_end(self._marks, token)
        return self._build_flag() or ({"stop_condition": end} if end else {})

    def _build_total(self) -> Json:
        total = find_total(self._marks, (self._listing.place or ("",))[-1])
        return {"total_path": total} if total else {}

    def _assume(self, text: str) -> None:
        comment = f"assumed: {text}"
        self._log.assume(self._listing.name, text, key="endpoint.paginator", comment=comment)
