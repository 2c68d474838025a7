"""Omits a shared parameter from the requests of a resource, as the prose says."""

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.requests.unsent_parameters import read_unsent_parameters
from analytics_ingest.convert.prose.text.passages import Prose


def omit_unsent_parameters(draft: Draft, prose: Prose) -> None:
    """Set a shared parameter to null where the prose says that a resource does not send it."""
    shared = draft.shared.get("params")
    names = list(shared) if isinstance(shared, dict) else []
    unsent = read_unsent_parameters(prose, names)
    for resource, name in dict.fromkeys(unsent):
        endpoint = draft.by_name[resource]["endpoint"]
        params = endpoint.get("params") or {}
        if name in params:
            reason = f"its parameter {name} is sent, as configured; the prose says otherwise"
            draft.log.assume(resource, reason)
            continue
        endpoint["params"] = {**params, name: None}
        reason = f"its requests do not send the shared parameter {name}, as the prose says"
        key = f"endpoint.params.{name}"
        draft.log.assume(resource, reason, key=key, comment=FROM_TEXT)
