"""Random changes of `partitions`: when nothing is due any more, the table holds what is served."""

import os
from collections.abc import Sequence
from datetime import datetime

import dagster as dg
import pytest

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.partitions import build_partitions
from analytics_ingest.orchestration.schedules import select_partitions
from analytics_ingest_tests.support.deployments import at, deploy
from analytics_ingest_tests.support.loads import declare, resource, table
from analytics_ingest_tests.support.random_worlds.histories import random_history
from analytics_ingest_tests.support.scripted_api import ScriptedApi

SEEDS = range(int(os.environ.get("ANALYTICS_INGEST_WORLDS", "30")) // 15)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_change_of_partitions_loses_a_row(
    api: ScriptedApi, quick_instance: dg.DagsterInstance, seed: int
) -> None:
    history, served = random_history(seed), []
    for partitions, ticks in history.phases:
        schedule = {"catch_up": 1000}
        declaration = declare(resource(), partitions=partitions, schedule=schedule)
        for now in ticks:
            served = history.rows(now)
            api.always("/items", {"data": served})
            with at(now):
                keys = keys_to_load(quick_instance, declaration, now)
                if keys:
                    assert deploy(declaration, quick_instance).load(keys[0], keys[-1]).success
    assert table("items", "id", "version") == [(one["id"], one["version"]) for one in served]


def keys_to_load(
    instance: dg.DagsterInstance, declaration: ApiDeclaration, now: datetime
) -> Sequence[str]:
    """The partitions of a backfill of all at first, then those that are due."""
    if not instance.get_runs_count():
        partitions = build_partitions(declaration.declared.partitions)
        return list(partitions.get_partition_keys(current_time=now))
    return select_partitions(instance, declaration, "items", now)
