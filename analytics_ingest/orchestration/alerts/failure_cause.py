"""Why a step or a run failed, in one line without secrets, from its event."""

import dagster as dg

from analytics_ingest.orchestration.alerts.redaction import redact


def cause_of(event: dg.DagsterEvent) -> str:
    """The first line of what failed: our own sentence, else the innermost error."""
    if event.is_step_failure:
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            return _first_line(data.user_failure_data.description)
        error = data.error
        while error and error.cause:
            error = error.cause
        if error:
            return _first_line(error.message)
    return _first_line(event.message or "the run failed without a message")


def _first_line(text: str) -> str:
    return redact(next((line.strip() for line in text.splitlines() if line.strip()), ""))
