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
from analytics_ingest.convert.normalize.similar_words import rename_similar, spell
from analytics_ingest.paginators import list_paginator_types

_NAME = re.compile(r"[A-Za-z][\w.\[\]-]*")
_TYPES = {
    r"header.*links?|links?.*headers?|web_?links?": "header_link",
    r"(?:next_?)?(?:url|link)|json_?link|next_page_url": "json_link",
    r"single.*|no_?(?:ne|paginat\w*|paging|cursor)?": "single_page",
    r"(?!.*header).*(?:graphql|cursor|token|continuation|bookmark|marker).*": "cursor",
    r".*(?:offset|skip).*": "offset",
    r"page.*(?:number|increment|index|count|based)|page_?(?:based)?|numbered.*": "page_number",
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
    rename_similar("paginator", block, _KNOWN)
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
    plain = re.sub(r"_?(?:paginat(?:ion|or)|paging|strategy)$", "", spell(raw))
    return next((own for word, own in _TYPES.items() if re.fullmatch(word, plain)), kind)
