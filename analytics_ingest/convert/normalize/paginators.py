"""Names a paginator and its keys as a declaration does, whatever a document calls them.

    {type: page_token, token_param: page, next_token_path: nextPage, page_size: 100}
    → {type: cursor, cursor_param: page, cursor_path: nextPage, limit: 100}

Only what no type of paginator knows is renamed, and only into a key that is not there yet.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.aliases import PAGINATORS, rename
from analytics_ingest.paginators import list_paginator_types

_TOKEN = r"(?:(?:next_|response_)?cursor|(?:next_|page_|next_page_|continuation_)?token)"
_PARAM = r"(?:query_|request_|url_)?param(?:eter)?(?:_name)?"
_PLACE = r"(?:path|key|field|selector|json_path|jsonpath)"
_KEYS = {
    rf"{_TOKEN}_(?:response_)?{_PLACE}|next_(?:cursor|token|page_token|page_path)": "cursor_path",
    rf"{_TOKEN}_{_PARAM}": "cursor_param",
    rf"{_TOKEN}_(?:graphql_)?variable": "cursor_variable",
    r"(?:initial|start|starting|first|base)_offset|offset_(?:start|base|initial)": "offset",
    r"(?:initial|start|starting|first|base)_page(?:_number)?|page_(?:start|base)": (
        "start_from_page"
    ),
    r"page_size|per_page|batch_size|max_results|(?:records|items|results)_per_page": "limit",
    rf"(?:page_size|limit|per_page|size|count|max_results)_{_PARAM}": "limit_param",
    rf"page(?:_number)?_{_PARAM}": "page_param",
    rf"(?:offset|skip)_{_PARAM}": "offset_param",
    rf"next_(?:page_)?(?:url|link)(?:_{_PLACE})?": "next_url_path",
    rf"total(?:_count|_records|_items)?_{_PLACE}|count_{_PLACE}": "total_path",
    rf"total_pages_{_PLACE}|page_count_{_PLACE}": "total_pages_path",
    rf"has_(?:more|next)(?:_page)?(?:_{_PLACE})?|more_{_PLACE}": "has_more_path",
    r"stop_(?:when|if|on|expression)": "stop_condition",
}
_NAME = re.compile(r"[A-Za-z][\w.\[\]-]*")
_TYPES = {
    r"header.*links?|links?.*headers?|web_?links?": "header_link",
    r"(?:next_?)?(?:url|link)|json_?link|next_page_url": "json_link",
    r".*(?:graphql|cursor|token|continuation|bookmark|marker).*": "cursor",
    r".*(?:offset|skip).*": "offset",
    r"page.*(?:number|increment|index|count|based)|page_?(?:based)?|numbered.*": "page_number",
    r"single.*|no_?(?:ne|paginat\w*|paging)?": "single_page",
}
_KNOWN = {
    name
    for kind in list_paginator_types().values()
    for name in (*kind.keys.model_fields, *kind.keys.aliases, "type")
}


def rename_paginator(raw: Mapping[str, Any]) -> Json:
    """Return a paginator under its own names; what they do not tell stays."""
    block = rename("paginator", raw)
    if isinstance(kind := block.get("type"), str):
        block["type"] = find_type(kind)
    for key in [key for key in block if key not in _KNOWN]:
        own = _find_key(_spell(key))
        if own and own not in block:
            block[own] = block.pop(key)
    if "limit" not in raw and _NAME.fullmatch(str(block.get("limit", 1))):
        block.setdefault("limit_param", block.pop("limit"))
    if block.get("type") == "cursor" and "cursor_path" not in block and "cursor_key" in block:
        block["cursor_path"] = block.pop("cursor_key")
    if (variable := block.pop("cursor_variable", None)) and "cursor_body_path" not in block:
        block["cursor_body_path"] = f"variables.{str(variable).removeprefix('variables.')}"
    return block


def find_type(raw: str) -> str:
    """Find the type of paginator that a document's word means; an unknown word stays."""
    kind = PAGINATORS.get(raw.lower(), raw)
    if kind in list_paginator_types():
        return kind
    plain = re.sub(r"_?(?:paginat(?:ion|or)|paging|strategy)$", "", _spell(raw))
    return next((own for word, own in _TYPES.items() if re.fullmatch(word, plain)), kind)


def _find_key(plain: str) -> str | None:
    return next((own for word, own in _KEYS.items() if re.fullmatch(word, plain)), None)


def _spell(name: str) -> str:
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower().strip("_")
