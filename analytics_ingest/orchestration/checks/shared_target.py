"""The result of a check, which shares the search for its materialization with the asset's others.

Dagster records which materialization a check was about, and searches the event log for it once for
each check. In a step of ten assets and fifty checks that takes as long as the checks themselves.
"""

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as Target,
)
from dagster._core.execution.context.system import StepExecutionContext

Targets = dict[dg.AssetKey, Target | None]


class SharedTargetResult(dg.AssetCheckResult):
    """A result whose materialization is searched once for all checks of an asset."""

    targets: Targets
    """What was found before, for all results that share it."""

    def _get_target_materialization_data(
        self, step_context: StepExecutionContext, check_key: dg.AssetCheckKey
    ) -> Target | None:
        asset = check_key.asset_key
        if asset not in self.targets:
            self.targets[asset] = super()._get_target_materialization_data(step_context, check_key)
        return self.targets[asset]
