"""What the checks `volume` and `cursor` say of rows that a load omitted.

The counts are those of the load's metadata, so that a check that runs alone says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analytics_ingest.declaration.cursor_origin import describe_cursor
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.parents.skipped_parents import describe_skipped
from analytics_ingest.orchestration.checks.cursor import describe_dates
from analytics_ingest.orchestration.checks.outcome import CheckOutcome, describe_span, pluralize
from analytics_ingest.orchestration.history import PastLoad

MIN_ROWS = 20
"""Fewer rows do not show that the API ignores the filter, unless none of them is in the window."""

_OUTSIDE = ("rows_outside", "rows_before_start", "rows_after_end", "rows_ahead", "rows_of_request")


def add_unread_rows(
    outcome: CheckOutcome, resource: ResourceDeclaration, load: PastLoad
) -> CheckOutcome:
    """Warn if rows of the parent were skipped, or if something contradicts a listing's end.

    Children of skipped parents were never requested. Contradictions were noted while reading.
    """
    metadata = {"parents_skipped": load.parents_skipped}
    problems = [f"{warning[:1].upper()}{warning[1:]}" for warning in load.warnings]
    if load.parents_skipped and resource.parent:
        problems.append(describe_skipped(resource, load.parents_skipped))
    return _add(outcome, problems, metadata)


def add_rows_outside(
    outcome: CheckOutcome, resource: ResourceDeclaration, load: PastLoad
) -> CheckOutcome:
    """Warn of rows that no window will load, and of a filter that does not filter by the cursor."""
    metadata = {name: getattr(load, name) for name in _OUTSIDE}
    if load.rows_filtered:
        metadata["rows_filtered"] = load.rows_filtered
    path = resource.incremental.cursor_path if resource.incremental else ""
    rows, unfiltered = load.rows + load.rows_outside, load.rows_before_start + load.rows_after_end
    problems = []
    if unfiltered > rows / 2 and (rows >= MIN_ROWS or not load.rows):
        problems.append(
            f"{unfiltered} of {rows} rows lie more than a day outside the requested window: the "
            f"API ignores {' and '.join(resource.sent_names)}, or filters by another field than "
            f"{path}"
        )
    if load.rows_ahead:
        lie, are = ("lies", "is") if load.rows_ahead == 1 else ("lie", "are")
        rows_ahead = pluralize(load.rows_ahead, "row")
        problems.append(f"{rows_ahead} {lie} in the future and {are} in no partition")
    if _are_of_request(resource, load):
        problems.append(_describe_rows_of_request(load.rows_of_request, path))
    if load.cursors_of_days:
        problems.append(describe_dates(resource, load.cursors_of_days))
    return _add(outcome, problems, metadata)


def add_other_cursors(
    outcome: CheckOutcome, resource: ResourceDeclaration, others: Mapping[str, Sequence[str]]
) -> CheckOutcome:
    """Warn of partitions whose last load had another cursor: each with its partitions, in order."""
    if not others:
        return outcome
    place, cursor = f"{resource.api}.{resource.name}", describe_cursor(resource)
    problems = []
    for other, keys in others.items():
        them, were = ("it", "was") if len(keys) == 1 else ("them", "were")
        problems.append(
            f"{place}: {pluralize(len(keys), 'partition')}, {describe_span(keys)}, {were} loaded "
            f"by the cursor {other}, and the declaration says {cursor}: rows that the new cursor "
            f"moves there may be missing; load {them} again"
        )
    return _add(outcome, problems, {"partitions_of_other_cursors": sum(map(len, others.values()))})


def _are_of_request(resource: ResourceDeclaration, load: PastLoad) -> bool:
    """Return whether the API seems to set the cursor when it responds.

    A few rows of those that changed since the window began may all have changed just now, but
    hardly all rows that there are.
    """
    is_only = load.rows_of_request == load.rows_outside and not load.rows
    asks_for_changes = resource.sends_start or load.parents_asked == "changed" or resource.changes
    return is_only and load.rows_of_request >= (MIN_ROWS if asks_for_changes else 1)


def _describe_rows_of_request(rows: int, path: str) -> str:
    of = f"of all {rows} rows" if rows > 1 else "of the only row"
    return (
        f"{path} {of} is the time of the load, so no window that has ended holds them: if the API "
        "sets it when it responds, declare another cursor_path, or incremental: null"
    )


def _add(outcome: CheckOutcome, problems: list[str], metadata: dict[str, int]) -> CheckOutcome:
    metadata = {**outcome.metadata, **metadata}
    if not problems:
        return replace(outcome, metadata=metadata)
    description = f"{'. '.join(problems)}. {outcome.description}"
    is_warning = outcome.passed or outcome.is_warning
    return CheckOutcome(False, description, metadata, is_warning=is_warning)
