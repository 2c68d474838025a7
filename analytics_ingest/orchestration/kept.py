"""What a resumed run keeps of earlier attempts: their assets, and the results of their checks.

Without an output Dagster skips what is downstream of an asset, in a run that succeeds. Without a
result it shows a check as skipped, no message tells of a check that has failed, and none blocks.
"""

from collections import defaultdict
from collections.abc import Collection, Generator, Mapping

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from analytics_ingest.orchestration.attempts import PastCheck
from analytics_ingest.orchestration.checks.shared_target import SharedTargetResult, Targets
from analytics_ingest.orchestration.specs import build_asset_key

CHECKED_IN = "checked_in"
"""Metadata: the run that has evaluated a check."""

_NO_MATERIALIZATION = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""An output with this metadata of Dagster is not recorded as a materialization."""


def give_kept(
    context: dg.AssetExecutionContext,
    api: str,
    names: Collection[str],
    checks: Mapping[dg.AssetCheckKey, PastCheck],
) -> Generator[dg.Output[None] | dg.AssetCheckResult, None, frozenset[str]]:
    """Give the outputs of resources that are not loaded again, and the results of their checks.

    Returns:
        The resources of which no result is given, because a selected check has none.
    """
    assets = {build_asset_key(api, name): name for name in names}
    for asset in assets:
        output = context.assets_def.get_output_name_for_asset_key(asset)
        yield dg.Output(None, output, metadata=_NO_MATERIALIZATION)
    known, unknown = defaultdict[dg.AssetKey, list[PastCheck]](list), set[dg.AssetKey]()
    for key in context.selected_asset_check_keys:
        if key.asset_key not in assets:
            continue
        if key in checks:
            known[key.asset_key].append(checks[key])
        else:
            unknown.add(key.asset_key)
    targets: Targets = {}
    for asset in known.keys() - unknown:
        for check in known[asset]:
            yield _repeat(check, targets)
    return frozenset(assets[asset] for asset in unknown)


def _repeat(check: PastCheck, targets: Targets) -> dg.AssetCheckResult:
    evaluation = check.evaluation
    result = SharedTargetResult(
        asset_key=evaluation.asset_key,
        check_name=evaluation.check_name,
        passed=evaluation.passed,
        severity=evaluation.severity,
        description=evaluation.description,
        metadata={CHECKED_IN: dg.MetadataValue.dagster_run(check.run_id), **evaluation.metadata},
    )
    result.targets = targets
    return result
