"""Takes from the prose the parameters of the page and its size, of which a clause names both.

A size whose parameter is not known is not sent: the API then gives pages as long as it likes.
"""

import re
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.requests.page_parameters import (
    PageParameters,
    read_page_parameters,
)
from analytics_ingest.convert.prose.text.passages import Prose

_USUAL = {"page_number": "page", "offset": "offset", "cursor": "cursor"}
"""Type of paginator → what asks for a page, and its parameter if none is declared."""
_NAMED = re.compile(r"(?:\bparameters |\bwith |\busing |\()`[^`]+`", re.IGNORECASE)
_TOKEN = re.compile(r"page|offset|skip|start|from|cursor|index|^p$", re.IGNORECASE)


def name_page_parameters(draft: Draft, prose: Prose) -> None:
    """Name the parameters of which the configuration declares none, or only that of the page."""
    for parameters in read_page_parameters(prose):
        for resource in filter(lambda each: parameters.is_on(each["name"]), draft.resources):
            paginator = draft.find_paginator(resource)
            sent = draft.merge_endpoint(resource).get("params") or {}
            keys = {} if parameters.size in sent else _find_keys(paginator, parameters)
            if keys:
                resource["endpoint"]["paginator"] = {**paginator, **keys}
                names = f"{parameters.token} and {parameters.size}"
                reason = f"pages are asked for by {names}, as the prose says"
                draft.log.assume(resource["name"], reason)


def _find_keys(paginator: Any, parameters: PageParameters) -> Json:
    """Find the keys that a paginator lacks; nothing where the clause is on others than its own."""
    if not isinstance(paginator, dict) or paginator.get("type") not in _USUAL:
        return {}
    usual = _USUAL[paginator["type"]]
    key = f"{usual}_param"
    is_usual = paginator.get(key, usual) == parameters.token
    is_open = usual != "cursor" and key not in paginator and _names_parameters(parameters)
    is_known = "limit_param" in paginator or any(k.endswith("_body_path") for k in paginator)
    if is_known or not (is_usual or is_open):
        return {}
    own = {key: parameters.token} if parameters.token != paginator.get(key, usual) else {}
    is_sent = paginator["type"] == "offset" and parameters.size == "limit"  # It is anyway.
    if paginator.get("limit") is not None and not is_sent:
        own["limit_param"] = parameters.size
    return own


def _names_parameters(parameters: PageParameters) -> bool:
    """Return whether a clause on paging says of names that they are its parameters."""
    text = parameters.text
    is_on_paging = "pag" in text.lower() and _NAMED.search(text)
    return bool(is_on_paging and _TOKEN.search(parameters.token))
