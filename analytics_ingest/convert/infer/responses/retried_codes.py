"""Retries the error codes in the body that the prose retries, where it says where they are."""

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.responses.ignored_messages import add_to_resource
from analytics_ingest.convert.infer.responses.ignored_responses import find_names
from analytics_ingest.convert.prose.responses.retried_codes import (
    RetriedCode,
    read_retried_codes,
)
from analytics_ingest.convert.prose.text.passages import Prose

_KEY = "endpoint.response_actions"


def infer_retried_codes(draft: Draft, prose: Prose) -> None:
    """Add actions for the codes that sentences retry, or log that nothing retries them."""
    declared = str(draft.attributes)
    for passage in prose.passages:
        if passage.line.is_heading:
            continue
        for said in read_retried_codes(passage.line.sentences):
            if str(said.code) in declared:
                continue
            names = [*passage.scope] or find_names(draft, passage.line.text)
            for name in names or (None,):
                _take(draft, name, said)


def _take(draft: Draft, name: str | None, said: RetriedCode) -> None:
    if not said.path:
        reason = f"the prose retries on the error code {said.code}, but names no place of it"
        draft.log.assume(name, f"{reason}; declare response_actions with action: retry")
        return
    predicate = f"{{{{ response.{said.path} == {said.code} }}}}"
    add_to_resource(draft, name, [{"predicate": predicate, "action": "retry"}])
    reason = f"it is requested again where {said.path} is {said.code}, as the prose says"
    key = _KEY if name else f"resource_defaults.{_KEY}"
    draft.log.assume(name, reason, key=key, comment=FROM_TEXT)
