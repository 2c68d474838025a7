"""Names a paginator and its keys as a declaration does, whatever a document calls them.

    {type: page_token, token_param: page, next_token_path: nextPage, page_size: 100}
    → {type: cursor, cursor_param: page, cursor_path: nextPage, limit: 100}

Only what no type of paginator knows is renamed, and only into a key that is not there yet.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
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
_NEXT_PAGE = re.compile(r"next_(?:page_)?(?:path|field|key)")
_SENT = re.compile(r"param|body|variable|inject|option")
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
    if block.get("type") not in list_paginator_types():
        _rename_link(block)
    rename_similar("paginator", block, _KNOWN)
    if "limit" not in raw and _NAME.fullmatch(str(block.get("limit", 1))):
        block.setdefault("limit_param", block.pop("limit"))
    if block.get("type") == "cursor" and "cursor_path" not in block and "cursor_key" in block:
        block["cursor_path"] = block.pop("cursor_key")
    if (variable := block.pop("cursor_variable", None)) and "cursor_body_path" not in block:
        block["cursor_body_path"] = f"variables.{str(variable).removeprefix('variables.')}"
    return block


def _rename_link(block: Json) -> None:
    """Rename the path of a next page for which no parameter is named, and so can only be a link."""
    links = [key for key in block if _NEXT_PAGE.fullmatch(spell(key))]
    if len(links) == 1 and not any(_SENT.search(spell(key)) for key in block):
        block["next_url_path"] = block.pop(links[0])


def replace_unknown_types(draft: Draft) -> None:
    """Give paginators of an unknown type the only one that has their keys."""
    for name, endpoint in [(None, draft.client), *draft.iterate_endpoints()]:
        block = endpoint.get("paginator")
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or kind in list_paginator_types():
            continue
        owners = (_list_owners(key) for key in block)
        named = {names[0] for names in owners if len(names) == 1}
        if len(named) == 1:
            block["type"] = named.pop()
            reason = f"the paginator is {block['type']}, by its keys: no type is called {kind}"
            draft.log.assume(name, reason)


def _list_owners(key: str) -> list[str]:
    """List the types of paginators that have a key."""
    kinds = {kind.name: kind for kind in list_paginator_types().values()}
    return [name for name, kind in kinds.items() if key in kind.keys.list_names()]


def find_type(raw: str) -> str:
    """Find the type of paginator that a document's word means; an unknown word stays."""
    kind = PAGINATORS.get(raw.lower(), raw)
    if kind in list_paginator_types():
        return kind
    plain = re.sub(r"_?(?:paginat(?:ion|or)|paging|strategy)$", "", spell(raw))
    return next((own for word, own in _TYPES.items() if re.fullmatch(word, plain)), kind)
