"""The part of the `volume` check that looks at rows which a load omitted."""

from dataclasses import replace

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.children import describe_skipped
from analytics_ingest.orchestration.checks.outcome import CheckOutcome
from analytics_ingest.orchestration.history import PastLoad

MIN_ROWS = 20
"""Of fewer rows nobody can tell whether the API ignores the filter."""


def add_unloaded_rows(
    outcome: CheckOutcome, resource: ResourceDeclaration, load: PastLoad
) -> CheckOutcome:
    """Turn the outcome of `volume` into a warning if a load left rows out that it should have.

    Children of skipped parents were never requested. A filter that the API ignores loses no row,
    but every load reads the whole listing.
    """
    metadata = {
        **outcome.metadata,
        "parents_skipped": load.parents_skipped,
        "rows_outside": load.rows_outside,
    }
    problems = []
    if load.parents_skipped and resource.parent:
        problems.append(describe_skipped(resource, load.parents_skipped))
    rows = load.rows + load.rows_outside
    if resource.incremental and rows >= MIN_ROWS and load.rows_before_start > rows / 2:
        problems.append(
            f"The API seems to ignore start_param {resource.incremental.start_param}: "
            f"{load.rows_before_start} of {rows} rows lie more than a day before the window"
        )
    if not problems:
        return replace(outcome, metadata=metadata)
    return CheckOutcome(
        False, f"{'. '.join(problems)}. {outcome.description}", metadata, is_warning=True
    )
