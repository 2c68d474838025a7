"""Logs the keys of which the prose says in words that they do not identify rows alone.

The `id` is not unique      `events` are identified by `id` within a user
"""

import re

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.text.passages import Clause, Prose
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS

_ARTICLES = r"(?:(?:an?|the|its|their|each|every|one|same) )*"
_WITHIN = (
    rf"(?:(?:only )?(?:within|inside|per|for each|in each|for every)) (?!{_ARTICLES}"
    r"(?:tables?|resources?|endpoints?|streams?|api|accounts?)\b)"
)
_NOT_ALONE = re.compile(
    r"\b(?:not|never) (?:(?:globally|always|necessarily) )?unique\b"
    rf"|\bunique {_WITHIN}\w|\bidentified by (?:the |its )?`[^`]{{1,60}}` {_WITHIN}[\w`]",
    re.IGNORECASE,
)


def log_doubtful_keys(draft: Draft, prose: Prose) -> None:
    """Log the single fields that are keys though clauses say that they are not unique alone."""
    for passage in prose.passages:
        for clause in passage.clauses:
            if len(clause.text) <= MOST_CHARACTERS and _NOT_ALONE.search(clause.text):
                _log_keys(draft, clause)


def _log_keys(draft: Draft, clause: Clause) -> None:
    fields = {mention.name for mention in clause.mentions if mention.is_field}
    for name in clause.subjects or draft.by_name:
        key = draft.find_key(draft.by_name[name])
        if isinstance(key, str) and key in fields:
            reason = f"its primary_key is {key}, which alone is not unique, as the prose says"
            draft.log.assume(name, f"{reason}: declare all fields of the key")
