"""Logs that rows are made of names and values that a response holds in lists of their own."""

from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.responses.combined_rows import list_combined
from analytics_ingest.convert.prose.text.passages import Prose

_MOST_MARKS = 8


def log_combined_rows(draft: Draft, prose: Prose) -> None:
    """Log what combines names and values; each position of the values needs a step of its own."""
    for passage in prose.passages:
        for clause in passage.line.clauses:
            if not (marks := list_combined(clause)):
                continue
            names = abbreviate([m for m in marks if m not in draft.by_name], most=_MOST_MARKS)
            reason = f"the prose makes rows of names and values in lists, and names {names}"
            for name in passage.scope or (None,):
                draft.log.assume(name, f"{reason}: declare processing_steps")
