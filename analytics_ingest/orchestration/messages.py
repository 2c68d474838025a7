"""What people are told: runs, checks and stale assets → a title and a few lines."""

import os
from collections.abc import Iterable, Sequence

import dagster as dg

from analytics_ingest.orchestration.keys import API_TAG

UI_SETTING = "ANALYTICS_INGEST_UI_URL"
NAMES_SHOWN = 10


def run_failed(run: dg.DagsterRun, cause: str) -> tuple[str, str]:
    """A run that failed, and will not be tried again."""
    return (
        f"{_api_of(run)}: run failed",
        _lines(*_about(run), ("cause", cause), ("run", run_link(run.run_id))),
    )


def checks_failed(
    run: dg.DagsterRun, evaluations: Sequence[dg.AssetCheckEvaluation]
) -> tuple[str, str]:
    """Checks that failed in a run that succeeded."""
    found = [
        f"{_shown(e.asset_key)} {e.check_name} ({e.severity.value.lower()}): {e.description or ''}"
        for e in evaluations
    ]
    number = f"{len(found)} checks" if len(found) > 1 else "a check"
    return (
        f"{_api_of(run, [e.asset_key for e in evaluations])}: {number} failed",
        _lines(*_about(run), ("checks", _some(found)), ("run", run_link(run.run_id))),
    )


def assets_stale(api: str, stale: Sequence[tuple[dg.AssetKey, str]]) -> tuple[str, str]:
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


def _about(run: dg.DagsterRun) -> list[tuple[str, str]]:
    attempt = int(run.tags.get("dagster/retry_number", "0")) + 1
    return [
        ("API", _api_of(run)),
        ("assets", _some(_shown(key) for key in sorted(run.asset_selection or ())) or "all"),
        ("partitions", _partitions(run)),
        ("attempt", str(attempt)),
    ]


def _api_of(run: dg.DagsterRun, assets: Iterable[dg.AssetKey] = ()) -> str:
    keys = [*(run.asset_selection or ()), *assets]
    apis = sorted({key.path[0] for key in keys})
    return run.tags.get(API_TAG) or ", ".join(apis) or run.job_name


def _partitions(run: dg.DagsterRun) -> str:
    first = run.tags.get("dagster/asset_partition_range_start")
    last = run.tags.get("dagster/asset_partition_range_end")
    if first and last:
        return first if first == last else f"{first} to {last}"
    return run.tags.get("dagster/partition", "none")


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f", and {len(every) - NAMES_SHOWN} more" if len(every) > NAMES_SHOWN else ""
    return ", ".join(every[:NAMES_SHOWN]) + more


def _shown(key: dg.AssetKey | None) -> str:
    return "/".join(key.path) if key else ""


def _lines(*pairs: tuple[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs)
