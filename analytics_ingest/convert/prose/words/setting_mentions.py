"""Tells by the words around a name that it is that of a setting, not of a field of rows.

starts from the configured `start_date`     from `start_date` in the configuration
"""

import re

from analytics_ingest.convert.markdown import Document

_BEFORE = re.compile(
    r"\b(?:(?:configured|configurable)(?: (?:date|value|time|start|setting|parameter|option))?"
    r"|(?:settings?|config(?:uration)?(?: (?:setting|value|option|parameter|key|field))?|option))"
    r"(?:,? (?:called|named))?[ `*]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[`*]* \(?(?:value |parameter )?(?:(?:is|are|as) (?:a |the )?)?"
    r"(?:setting\b|config(?:uration)?\b|option\b|configured(?: (?:by|in|with)\b|\W*$)"
    r"|(?:of|in|from) (?:the |its )?(?:config(?:uration)?|settings?)\b)",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"\b(?:start(?:s|ed|ing)?|begin(?:s|ning)?|end(?:s|ing)?) (?:from|at|with|on|by)"
    r"(?: (?:the|its|a|date|value|day|time|moment|of|in)\b)*[ `*]*$",
    re.IGNORECASE,
)
_IS_FIELD = re.compile(
    r"[`*]*(?: \w+)? (?:of|in) (?:the |each |every )?(?:\w+ )?(?:rows?|records?|runs?|sync)\b"
    r"|[^.;]{0,20}\bcursor\b",
    re.IGNORECASE,
)
"""What follows where to start if that is a field after all."""
_IN_CODE = re.compile(r"\bconfig(?:\.|\[['\"])(\w+)")


def list_configured(document: Document) -> set[str]:
    """List the settings that the code of a document reads: `dlt.config["start_date"]`."""
    return {name for block in document.blocks for name in _IN_CODE.findall(block.text)}


def is_setting(text: str, start: int, end: int) -> bool:
    """Return whether the name between two places of a text is called a setting, or where to start.

    Args:
        start: Where the name begins; its mark may be before it.
        end: Where it ends.
    """
    before, after = text[:start], text[end:]
    begins = _BEGINS.search(before) and not _IS_FIELD.match(after)
    return bool(begins or _BEFORE.search(before) or _AFTER.match(after))
