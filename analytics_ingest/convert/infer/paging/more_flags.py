"""Takes from the prose where a page says whether there is another: `has_more` is false at the end.

Where the cursor is in the same object, the flag is beside it: `pageInfo.hasNextPage` is
`data.orders.pageInfo.hasNextPage` where the cursor is `data.orders.pageInfo.endCursor`.
"""

import re
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.text.passages import Prose

_FLAG = re.compile(
    r"`(?:\$\.)?(?P<flag>(?:[A-Za-z_]\w*\.)*(?:has_?more(?:_?\w+)?|has_?next(?:_?page)?|more"
    r"|more_?(?:items|pages|data|results|records)(?:_?available)?))`",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(
    r"\b(?:is|becomes|until|while|as long as|stops? (?:on|at|when|if)|ends? (?:on|at|when|if))\b",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\b(?:false|true)\b|\bstop\b", re.IGNORECASE)
_COUNTING = ("page_number", "offset")
_ENDS = ("has_more_path", "stop_condition")


def infer_more_flags(draft: Draft, prose: Prose) -> None:
    """Add the flags that sentences name to the paginators that have no end of their own."""
    for clause, named in prose.iterate_statements():
        named_flags = {match["flag"] for match in _FLAG.finditer(clause)}
        # The same one, once with its object and once without.
        flags = [f for f in named_flags if not any(o.endswith(f".{f}") for o in named_flags)]
        if len(flags) != 1 or not (_AT_THE_END.search(clause) and _VALUE.search(clause)):
            continue
        (flag,) = flags
        for holder in (draft.client, draft.shared) if named is None else ():
            _add_flag(draft, None, holder, holder.get("paginator"), flag)
        for resource in draft.list_named(named):
            endpoint = resource["endpoint"]
            own = endpoint.get("paginator") if named is None else draft.find_paginator(resource)
            _add_flag(draft, resource["name"], endpoint, own, flag)


def _add_flag(draft: Draft, name: str | None, holder: Json, paginator: Any, flag: str) -> None:
    """Add a flag to a paginator without an end of its own, as that of a holder."""
    if not isinstance(paginator, dict) or any(key in paginator for key in _ENDS):
        return
    if path := _find_path(paginator, flag):
        holder["paginator"] = {**paginator, "has_more_path": path}
        reason = f"{path} says whether there is another page, as the prose says"
        draft.log.assume(name, reason)


def _find_path(paginator: Json, flag: str) -> str | None:
    """Find the place of a flag on a page: as written, or in the object of the cursor."""
    if paginator.get("type") in _COUNTING:
        return flag
    if paginator.get("type") != "cursor" or not isinstance(paginator.get("cursor_path"), str):
        return None
    beside = paginator["cursor_path"].removeprefix("$.").rpartition(".")[0]
    own, _, name = flag.rpartition(".")
    is_beside = bool(own) and f".{beside}".endswith(f".{own}")
    return f"{beside}.{name}" if is_beside else flag if own == beside else None
