"""What a resumed run keeps of earlier attempts: their assets, and the results of their checks.

Dagster skips whatever is downstream of an asset without an output, though the run succeeds. A check
without a result is shown as skipped: no message names it, and it blocks nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from typing import TypeVar

import dagster as dg

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import add_ancestors
from analytics_ingest.orchestration.attempts import PastCheck
from analytics_ingest.orchestration.checks.shared_target import SharedTargetResult, Targets
from analytics_ingest.orchestration.partition_events import build_unrecorded_output
from analytics_ingest.orchestration.specs import build_asset_key

_Result = TypeVar("_Result")

CHECKED_IN = "checked_in"
"""Metadata: the run that has evaluated a check."""


class KeptOutputs:
    """The outputs of resources that are not loaded again; Dagster takes parents before children.

    Args:
        names: The resources.
    """

    def __init__(
        self, assets: dg.AssetsDefinition, api: ApiDeclaration, names: Collection[str]
    ) -> None:
        self._assets = assets
        self._api = api
        self._left = [name for name in api.resources if name in names]

    def yield_in_order(self, results: Iterable[_Result]) -> Iterator[_Result | dg.Output[None]]:
        """Yield results, each after the outputs of its ancestors."""
        for result in results:
            if asset := self._find_asset(result):
                above = add_ancestors(self._api.resources, {asset.path[-1]})
                yield from self._yield({resource.name for resource in above})
            yield result

    def yield_rest(self) -> Iterator[dg.Output[None]]:
        """Yield the outputs that no result needed."""
        yield from self._yield(set(self._left))

    def _yield(self, names: Collection[str]) -> Iterator[dg.Output[None]]:
        for name in [name for name in self._left if name in names]:
            self._left.remove(name)
            asset = build_asset_key(self._api.name, name)
            yield build_unrecorded_output(self._assets, asset)

    def _find_asset(self, result: object) -> dg.AssetKey | None:
        """Find the asset whose output a result is."""
        if isinstance(result, dg.Output):
            return self._assets.keys_by_output_name.get(result.output_name)
        return result.asset_key if isinstance(result, dg.MaterializeResult) else None


def repeat_results(
    context: dg.AssetExecutionContext,
    api: str,
    names: Collection[str],
    checks: Mapping[dg.AssetCheckKey, PastCheck],
) -> Generator[dg.AssetCheckResult, None, frozenset[str]]:
    """Yield the results of the checks of resources that are not loaded again.

    Returns:
        The resources of which no result is given, because a selected check has none.
    """
    assets = {build_asset_key(api, name): name for name in names}
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
