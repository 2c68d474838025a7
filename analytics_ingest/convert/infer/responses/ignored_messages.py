"""Takes from the prose which error responses are ignored by their message.

With its message a status is certain enough to be ignored by all resources, where none is named.
"""

import re
from collections.abc import Sequence

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json, add_actions
from analytics_ingest.convert.infer.responses.ignored_responses import (
    calls_ignored,
    find_names,
    sets_apart,
)
from analytics_ingest.convert.prose.responses.response_messages import (
    MessageStatement,
    iterate_messages,
)
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.passages import Prose

_CODE = re.compile(r"(?<![\d.])(?!401|429)([45]\d\d)(?![\d.]*\d)")
_KEY = "endpoint.response_actions"


def infer_ignored_messages(draft: Draft, prose: Prose) -> None:
    """Ignore the responses that clauses call ignored by their status and message."""
    for passage in prose.passages:
        for statement in iterate_messages(passage.line):
            plain = re.sub(r"\s+(?=[:,;.])", "", to_plain(statement.rest))
            codes = [int(code) for code in dict.fromkeys(_CODE.findall(plain))]
            if not codes or not calls_ignored(plain):
                continue
            names = [*passage.scope] or find_names(draft, statement.rest)
            _take(draft, statement, codes, [] if sets_apart(plain) else names, plain)


def _take(
    draft: Draft, statement: MessageStatement, codes: list[int], names: Sequence[str], plain: str
) -> None:
    if not statement.texts or sets_apart(plain):
        for code in codes:
            reason = f"{code} fails a resource, though the prose says that it is ignored with a"
            draft.log.assume(None, f"{reason} message; declare response_actions")
        return
    actions = [
        {"status_code": code, statement.key: text, "action": "ignore"}
        for code in codes
        for text in statement.texts
    ]
    listed = ", ".join(map(str, codes))
    for name in names or (None,):
        add_to_resource(draft, name, actions)
        reason = f"{listed} with that {statement.key} means no rows, as the prose says"
        draft.log.assume(name, reason, key=_KEY, comment=FROM_TEXT)


def add_to_resource(draft: Draft, name: str | None, actions: list[Json]) -> None:
    """Add actions to a resource, beside those that it shares; to all of them without a name."""
    if name is None:
        add_actions(draft.shared, actions)
        for resource in draft.resources:
            if "response_actions" in resource["endpoint"]:
                add_actions(resource["endpoint"], actions)
        return
    endpoint = draft.by_name[name]["endpoint"]
    shared = draft.shared.get("response_actions")
    if "response_actions" not in endpoint and isinstance(shared, list):
        endpoint["response_actions"] = list(shared)
    add_actions(endpoint, actions)
