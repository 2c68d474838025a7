"""The paginator of a stream → ours. A page size that is a constant is sent as a constant."""

import re
from collections.abc import Callable

from analytics_ingest.common.expressions.syntax import strip_braces
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.numbers import read_number
from analytics_ingest.convert.manifest.components.options import Option, inject, read_option
from analytics_ingest.convert.manifest.components.parameters import fill_parameters
from analytics_ingest.convert.manifest.paging.page_tokens import (
    TOKEN,
    name_token,
    read_token,
    reads_token,
)

SINGLE_PAGE: Json = {"type": "single_page"}

_USUAL_PARAMS = {
    "offset": {"offset_param": "offset", "limit_param": "limit"},
    "page_number": {"page_param": "page"},
}
"""What a paginator sends anyway."""
_STEP = re.compile(
    r"""\.get\(\s*(['"])([^'"]+)\1\s*(?:,\s*(?:\{\s*\}|''|""|None|none))?\s*\)
    |\[\s*(['"])([^'"]+)\3\s*\]|\.(\w+)(?!\w*\s*\()""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_METHODS = ("get", "items", "keys", "values", "pop", "update", "copy")


def read_paginator(
    paginator: Component | None,
    endpoint: Json,
    texts: Interpolation,
    assume: Callable[[str], None],
) -> Json:
    """Read a paginator; adds the page size to the endpoint's request where it belongs there.

    Args:
        assume: Logs an assumption.
    """
    if paginator is None or paginator.kind == "NoPagination":
        return dict(SINGLE_PAGE)
    paginator.take("url_base")
    strategy = paginator.read_child("pagination_strategy")
    if paginator.kind != "DefaultPaginator" or strategy is None:
        raise UnsupportedError(f"the paginator {paginator.kind} has no counterpart")
    size = _convert_page_size(strategy, texts, assume)
    block = {} if size is None else {"limit": size}
    if (option := paginator.read_child("page_size_option")) and size is not None:
        block |= _convert_size_option(read_option(option, texts), size, endpoint)
    token = paginator.read_child("page_token_option")
    if token is None and not reads_token(endpoint):
        return _convert_first_page(strategy, block, endpoint)
    if strategy.kind == "CursorPagination":
        return _convert_cursor(strategy, token, block, endpoint, texts)
    readers = {"PageIncrement": _convert_page_number, "OffsetIncrement": _convert_offset}
    if strategy.kind not in readers:
        raise UnsupportedError(f"paging by {strategy.kind} has no counterpart")
    page = readers[strategy.kind](strategy, read_token(token, endpoint, texts), block, texts)
    if (param := page.get("limit_param")) and param in (
        page.get("offset_param"),
        page.get("page_param"),
    ):
        raise UnsupportedError(f"{param} is sent twice, as the page size and as the page")
    usual = _USUAL_PARAMS[page["type"]].items()
    return {key: value for key, value in page.items() if (key, value) not in usual}


def _convert_first_page(strategy: Component, block: Json, endpoint: Json) -> Json:
    """Convert a single page, for a paginator that never advances."""
    strategy.take_all()
    if "limit_param" in block:
        inject(endpoint, ("params", (block["limit_param"],)), block["limit"])
    return dict(SINGLE_PAGE)


def _convert_page_size(
    strategy: Component, texts: Interpolation, assume: Callable[[str], None]
) -> int | None:
    size = read_number(strategy, "page_size", texts)
    if "{{" in str(texts.evaluate_constant(strategy.take("page_size"), strategy.parameters)):
        assume("its page size is a setting in Airbyte; the default is declared")
    return size


def _convert_size_option(option: Option, size: int, endpoint: Json) -> Json:
    block, path = option
    if block == "params" and len(path) == 1:
        endpoint.get("params", {}).pop(path[0], None)
        return {"limit_param": path[0]}
    inject(endpoint, option, size)
    return {}


def _convert_page_number(
    strategy: Component, token: Option | None, block: Json, texts: Interpolation
) -> Json:
    first = read_number(strategy, "start_from_page", texts, 0)
    sends_first = bool(strategy.take("inject_on_first_request", False))
    page: Json = {"type": "page_number", "base_page": first or 0}
    if not sends_first:
        page["inject_on_first_request"] = False
    return {**page, **block, **name_token(token, "page_param", "page_body_path")}


def _convert_offset(
    strategy: Component, token: Option | None, block: Json, texts: Interpolation
) -> Json:
    strategy.take("inject_on_first_request")
    # A size that no parameter carries is not sent: a load ends at the empty page.
    size = block if "limit_param" in block else {"limit": None}
    return {"type": "offset", **size, **name_token(token, "offset_param", "offset_body_path")}


def _convert_cursor(
    strategy: Component,
    token: Component | None,
    block: Json,
    endpoint: Json,
    texts: Interpolation,
) -> Json:
    value = strategy.take_text("cursor_value") or ""
    stop = strategy.take_text("stop_condition")
    strategy.read_child("decoder")
    page: Json = {"type": "cursor", **_convert_next(value, strategy, texts)}
    if stop is not None:
        page["stop_condition"] = _convert_expression(str(stop), strategy, texts)
    if "limit" in block and "limit_param" not in block:
        del block["limit"]  # Sent already, or by nobody.
    if token is None:
        return {**page, **block}  # Expressions of the request send the token.
    if token.kind == "RequestPath":
        token.take("field_name")
        token.take("inject_into")
        return {**page, **block}
    option = read_option(token, texts)
    if option[0] == "headers":
        inject(endpoint, option, TOKEN)
        return {**page, **block}
    return {**page, **block, **name_token(option, "cursor_param", "cursor_body_path")}


def _convert_next(value: str, strategy: Component, texts: Interpolation) -> Json:
    expression = _convert_expression(value, strategy, texts)
    path = _find_cursor_path(expression)
    return {"cursor_path": path} if path else {"cursor_value": expression}


def _convert_expression(text: str, strategy: Component, texts: Interpolation) -> str:
    """Convert an expression over a page, without the braces around it."""
    filled = fill_parameters(text, strategy.parameters)
    if "{{" in filled or "{%" in filled:
        filled = texts.convert_expression(filled, strategy.parameters)
    elif not filled.strip():
        raise UnsupportedError("the paginator has no cursor_value")
    return strip_braces(filled) or filled


def _find_cursor_path(expression: str) -> str | None:
    """Find the path in the body that an expression reads; None where it is more than a path."""
    text = expression.strip()
    if not text.startswith("response"):
        return None
    names: list[str] = []
    position = len("response")
    while match := _STEP.match(text, position):
        names.append(match[2] or match[4] or match[5])
        position = match.end()
    is_path = names and position == len(text)
    if not is_path or not all(_WORD.fullmatch(name) for name in names):
        return None
    if names[-1] in _METHODS or names[0] in ("headers", "response"):
        return None
    return ".".join(names)
