"""What people are told: runs, checks and stale assets → a title and a few lines."""

import os
from collections.abc import Iterable, Sequence

import dagster as dg
from dagster import DagsterEventType

from analytics_ingest.orchestration.alerts.failure_cause import cause_of
from analytics_ingest.orchestration.alerts.notify import Message
from analytics_ingest.orchestration.naming import API_TAG

UI_SETTING = "ANALYTICS_INGEST_UI_URL"
NAMES_SHOWN = 10
WILL_RETRY_TAG = "dagster/will_retry"


def of_failed_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Message | None:
    """A run that failed; None where it will be tried again."""
    if run.tags.get(WILL_RETRY_TAG, "").lower() == "true":
        return None
    failures = _events(instance, run, DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE)
    if failures and _is_of_checks(failures[0]):
        cause = _some(_found(_failed_checks(instance, run, stopping=True)), " ")
    else:
        cause = cause_of(failures[0]) if failures else "the run ended without an event"
    return (
        f"{_api_of(run)}: run failed",
        _lines(*_about(run), ("cause", cause), ("run", run_link(run.run_id))),
    )


def of_failed_checks(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Message | None:
    """Checks that failed in a run that succeeded; None where all passed."""
    failed = _failed_checks(instance, run)
    if not failed:
        return None
    number = f"{len(failed)} checks" if len(failed) > 1 else "a check"
    return (
        f"{_api_of(run)}: {number} failed",
        _lines(
            *_about(run), ("checks", _some(_found(failed), "\n")), ("run", run_link(run.run_id))
        ),
    )


def of_stale_assets(api: str, stale: Sequence[tuple[dg.AssetKey, str]]) -> Message:
    """Assets whose loads are overdue."""
    number = f"{len(stale)} assets" if len(stale) > 1 else "an asset"
    return (
        f"{api}: {number} became stale",
        _lines(
            ("API", api),
            ("assets", _some(_shown(key) for key, _ in stale)),
            ("cause", stale[0][1]),
            ("see", os.environ.get(UI_SETTING, "") or "Dagster's UI"),
        ),
    )


def run_link(run_id: str) -> str:
    """The run's page in the UI, or its id where the UI's address is not set."""
    base = os.environ.get(UI_SETTING, "").rstrip("/")
    return f"{base}/runs/{run_id}" if base else f"{run_id} (set {UI_SETTING} for a link)"


def _events(
    instance: dg.DagsterInstance, run: dg.DagsterRun, *types: DagsterEventType
) -> list[dg.DagsterEvent]:
    records = instance.get_records_for_run(run.run_id, of_type=set(types)).records
    events = [record.event_log_entry.dagster_event for record in records]
    return [event for event in events if event]


def _is_of_checks(event: dg.DagsterEvent) -> bool:
    """Whether a step failed for its blocking checks, which are not in Dagster's first line."""
    error = event.step_failure_data.error if event.is_step_failure else None
    return error is not None and error.cls_name == "DagsterAssetCheckFailedError"


def _failed_checks(
    instance: dg.DagsterInstance, run: dg.DagsterRun, *, stopping: bool = False
) -> list[dg.AssetCheckEvaluation]:
    events = _events(instance, run, DagsterEventType.ASSET_CHECK_EVALUATION)
    failed = [e for e in (event.asset_check_evaluation_data for event in events) if not e.passed]
    error = dg.AssetCheckSeverity.ERROR
    return [e for e in failed if e.blocking and e.severity == error] if stopping else failed


def _found(evaluations: Iterable[dg.AssetCheckEvaluation]) -> list[str]:
    return [
        f"{_shown(e.asset_key)} {e.check_name} ({e.severity.value.lower()}): {e.description or ''}"
        for e in evaluations
    ]


def _about(run: dg.DagsterRun) -> list[tuple[str, str]]:
    attempt = int(run.tags.get("dagster/retry_number", "0")) + 1
    return [
        ("API", _api_of(run)),
        ("assets", _some(_shown(key) for key in _assets(run)) or "all"),
        ("partitions", _partitions(run)),
        ("attempt", str(attempt)),
    ]


def _assets(run: dg.DagsterRun) -> list[dg.AssetKey]:
    """What was selected: assets, or checks alone; nothing where a job runs as a whole."""
    checked = {check.asset_key for check in run.asset_check_selection or ()}
    return sorted(run.asset_selection or checked)


def _api_of(run: dg.DagsterRun) -> str:
    apis = sorted({key.path[0] for key in _assets(run)})
    return run.tags.get(API_TAG) or ", ".join(apis) or run.job_name


def _partitions(run: dg.DagsterRun) -> str:
    first = run.tags.get("dagster/asset_partition_range_start")
    last = run.tags.get("dagster/asset_partition_range_end")
    if first and last:
        return first if first == last else f"{first} to {last}"
    return run.tags.get("dagster/partition", "none")


def _some(names: Iterable[str], separator: str = ", ") -> str:
    every = list(names)
    more = [f"and {len(every) - NAMES_SHOWN} more"] if len(every) > NAMES_SHOWN else []
    return separator.join([*every[:NAMES_SHOWN], *more])


def _shown(key: dg.AssetKey | None) -> str:
    return "/".join(key.path) if key else ""


def _lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs)
