"""The messages of the sensors: a failed run, failed checks or stale assets → title and body."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.execution.plan.objects import StepFailureData
from dagster._core.executor.child_process_executor import ChildProcessCrashException

from analytics_ingest.orchestration.alerts.notify import Message
from analytics_ingest.orchestration.alerts.own_runs import (
    get_selected_assets,
    is_retried,
)
from analytics_ingest.orchestration.alerts.redaction import redact_configured_secrets
from analytics_ingest.orchestration.partitions import get_partition_range
from analytics_ingest.orchestration.run_events import (
    list_newest_checks,
    list_run_events,
    stops_run,
)
from analytics_ingest.orchestration.specs import API_TAG

UI_SETTING = "ANALYTICS_INGEST_UI_URL"
NAMES_SHOWN = 10


def describe_failed_run(
    instance: dg.DagsterInstance, run: dg.DagsterRun, project: Path
) -> Message | None:
    """Describe a run that failed; None if Dagster retries it.

    Args:
        project: Its secrets are redacted.
    """
    if is_retried(instance, run):
        return None
    causes = _find_causes(instance, run)
    failed = _get_failed_checks(instance, run)
    described = [
        describe_failure(event, project) for event in causes if not _is_check_failure(event)
    ]
    if len(described) < len(causes):
        described.insert(0, _shorten(_describe_checks(filter(stops_run, failed)), " "))
        failed = [check for check in failed if not stops_run(check)]
    cause = _shorten(dict.fromkeys(described), "\n") or "the run recorded no failure"
    lines = [*_describe_run(run), ("cause", cause)]
    if failed:
        lines.append(("checks", _shorten(_describe_checks(failed), "\n")))
    body = _format_lines(*lines, ("run", link_run(run.run_id)))
    return Message(f"{_get_api(run)}: run failed", body, "failure")


def describe_successful_run(
    instance: dg.DagsterInstance, run: dg.DagsterRun, recovered: dg.DagsterRun | None
) -> Message | None:
    """Describe a run that succeeded; None if all checks passed and no run had failed before.

    Args:
        recovered: The failed run that it makes up for.
    """
    failed = _get_failed_checks(instance, run)
    if not failed and not recovered:
        return None
    lines = _describe_run(run)
    if failed:
        lines.append(("checks", _shorten(_describe_checks(failed), "\n")))
    if recovered:
        lines.append(("recovered", f"{_get_partitions(recovered)}, {link_run(recovered.run_id)}"))
    body = _format_lines(*lines, ("run", link_run(run.run_id)))
    if not failed:
        return Message(f"{_get_api(run)}: recovered", body, "info")
    number = f"{len(failed)} checks" if len(failed) > 1 else "a check"
    is_error = any(check.severity == dg.AssetCheckSeverity.ERROR for check in failed)
    return Message(f"{_get_api(run)}: {number} failed", body, "failure" if is_error else "warning")


def describe_stale_assets(api: str, stale: Sequence[tuple[dg.AssetKey, str]]) -> Message:
    """Describe the assets of an API that became stale, each given with its cause."""
    number = f"{len(stale)} assets" if len(stale) > 1 else "an asset"
    body = _format_lines(
        ("API", api),
        ("assets", _shorten(_format_key(key) for key, _ in stale)),
        ("cause", stale[0][1]),
        ("see", _shorten((_link_asset(key) for key, _ in stale), "\n")),
    )
    return Message(f"{api}: {number} became stale", body, "warning")


def describe_without_details(message: Message, link: str) -> Message:
    """Describe what a service rejects, in words that none can mind: where to see it."""
    return Message("an alert without its details", f"see: {link}", message.kind)


CRASH = (
    "the process of the step ended unexpectedly, perhaps for lack of memory; the log of the run "
    "has its exit code"
)
INTERRUPTED = "the process of the step was interrupted, and not because the run was terminated"

_INTERRUPTIONS = (DagsterExecutionInterruptedError.__name__, KeyboardInterrupt.__name__)


def describe_end(data: StepFailureData) -> str | None:
    """Describe how a step's process ended; None if the step failed for another reason."""
    name = data.error.cls_name if data.error else None
    if name == ChildProcessCrashException.__name__:
        return CRASH
    return INTERRUPTED if name in _INTERRUPTIONS else None


def describe_failure(event: dg.DagsterEvent, project: Path) -> str:
    """Describe why a step or a run failed, in one line without secrets.

    This project's own errors say it in their first line; others are followed to the innermost.
    """
    if event.is_step_failure:
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            return _redact_first_line(data.user_failure_data.description, project)
        error = data.error
        if end := describe_end(data):
            return end
        while error and error.cause:
            error = error.cause
        if error:
            return _redact_first_line(error.message, project)
    return _redact_first_line(event.message or "the run failed without a message", project)


def _find_causes(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[dg.DagsterEvent]:
    """List the failures of steps, and that of the run if its process was lost."""
    kinds = DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE
    failures = list_run_events(instance, run.run_id, *kinds)
    steps = [event for event in failures if event.is_step_failure]
    own = [event for event in steps if describe_end(event.step_failure_data) != INTERRUPTED]
    ends = [event for event in failures if event.is_run_failure and _lost_its_process(event)]
    return [*own, *ends] or steps or failures


def _lost_its_process(failure: dg.DagsterEvent) -> bool:
    """Return whether a run failed because its process ended, and not because of its steps."""
    data = failure.event_specific_data
    if not isinstance(data, JobFailureData):
        return bool(failure.message)
    return data.failure_reason == RunFailureReason.UNEXPECTED_TERMINATION


def link_run(run_id: str) -> str:
    """Return the run's page in the UI, or its id if the UI's address is not set."""
    base = _get_ui()
    return f"{base}/runs/{run_id}" if base else f"{run_id} (set {UI_SETTING} for a link)"


def _link_asset(key: dg.AssetKey) -> str:
    """Return the asset's page in the UI, or its name if the UI's address is not set."""
    base = _get_ui()
    return f"{base}/assets/{_format_key(key)}" if base else f"{_format_key(key)} in Dagster's UI"


def link_assets() -> str:
    """Return the page of all assets, or what to open if the UI's address is not set."""
    base = _get_ui()
    return f"{base}/assets" if base else "the assets in Dagster's UI"


def _get_ui() -> str:
    return os.environ.get(UI_SETTING, "").rstrip("/")


def _is_check_failure(event: dg.DagsterEvent) -> bool:
    """Return whether blocking checks failed the step; Dagster's first line does not name them."""
    error = event.step_failure_data.error if event.is_step_failure else None
    return error is not None and error.cls_name == "DagsterAssetCheckFailedError"


def _get_failed_checks(
    instance: dg.DagsterInstance, run: dg.DagsterRun
) -> list[dg.AssetCheckEvaluation]:
    events = list_run_events(instance, run.run_id, DagsterEventType.ASSET_CHECK_EVALUATION)
    return [check for check in list_newest_checks(events) if not check.passed]


def _describe_checks(checks: Iterable[dg.AssetCheckEvaluation]) -> list[str]:
    return [
        f"{_format_key(c.asset_key)} {c.check_name} ({c.severity.value.lower()}): "
        f"{c.description or ''}"
        for c in checks
    ]


def _describe_run(run: dg.DagsterRun) -> list[tuple[str, str]]:
    attempt = int(run.tags.get("dagster/retry_number", "0")) + 1
    return [
        ("API", _get_api(run)),
        ("assets", _shorten(_format_key(key) for key in sorted(get_selected_assets(run))) or "all"),
        ("partitions", _get_partitions(run)),
        ("attempt", str(attempt)),
    ]


def _get_api(run: dg.DagsterRun) -> str:
    apis = sorted({key.path[0] for key in get_selected_assets(run)})
    return run.tags.get(API_TAG) or ", ".join(apis) or run.job_name


def _get_partitions(run: dg.DagsterRun) -> str:
    first, last = get_partition_range(run) or ("none", "none")
    return first if first == last else f"{first} to {last}"


def _redact_first_line(text: str, project: Path) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return redact_configured_secrets(line, project)


def _shorten(names: Iterable[str], separator: str = ", ") -> str:
    """Join the first names, and count the others."""
    all_names = list(names)
    hidden = len(all_names) - NAMES_SHOWN
    more = [f"and {hidden} more"] if hidden > 0 else []
    return separator.join([*all_names[:NAMES_SHOWN], *more])


def _format_key(key: dg.AssetKey | None) -> str:
    return "/".join(key.path) if key else ""


def _format_lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs)
