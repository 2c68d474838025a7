"""Requests a resource once for each value of a setting, where the prose says so.

requested once for each configured `survey_id`      one request per listed `region`
"""

import re

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.passages import Prose

_EACH = re.compile(
    r"\b(?:once|separately|(?:one|a) (?:separate )?(?:request|listing|call))[^`.;]{0,20}"
    r" (?:for|per) (?:each |every )?(?:of the )?(?:configured|given|listed|specified)"
    r"[^`.;]{0,20}`(?P<name>\w+)`",
    re.IGNORECASE,
)
_SETTING = re.compile(r"\{settings\.\w+\}")


def list_settings_of_requests(draft: Draft, prose: Prose) -> None:
    """Make lists of settings that a request holds one value of."""
    for clause, named in prose.iterate_statements():
        match = _EACH.search(clause)
        for resource in draft.list_named(named) if match else ():
            params = resource["endpoint"].get("params") or {}
            value = params.get(match["name"]) if match else None
            if not (match and isinstance(value, str) and _SETTING.fullmatch(value)):
                continue
            params[match["name"]] = {"type": "each", "values": value}
            reason = f"it is requested for each value of {match['name']}, separated by commas"
            key = f"endpoint.params.{match['name']}"
            draft.log.assume(resource["name"], reason, key=key, comment=FROM_TEXT)
