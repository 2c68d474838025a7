"""Runs of commands and of Python belong to a code location, so that the UI can run them again."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from click.testing import CliRunner
from dagster_dg_cli.cli.launch import launch_command

from analytics_ingest_tests.support.checkout import ROOT

SHIPPED = yaml.safe_load((ROOT / "dagster.yaml").read_text())
ASSETS = """
import dagster as dg

@dg.asset
def number() -> int:
    return 1

defs = dg.Definitions([number])
"""


@dg.job
def nothing() -> None:
    pass


@pytest.fixture(params=["analytics_ingest.definitions", None])
def location(request: pytest.FixtureRequest) -> str | None:
    """The setting of the name."""
    return request.param


@pytest.fixture
def instance(tmp_path: Path, location: str | None) -> Iterator[dg.DagsterInstance]:
    """An instance of the shipped class, with its files in a folder."""
    settings = {key: SHIPPED[key] for key in ("instance_class", "telemetry", "code_location")}
    assert settings.pop("code_location") == "analytics_ingest.definitions"
    named = {"code_location": location} if location else {}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({**settings, **named}))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def test_a_run_of_python_is_one_of_the_named_code_location(
    instance: dg.DagsterInstance, location: str | None
) -> None:
    run = instance.get_run_by_id(nothing.execute_in_process(instance=instance).run_id)
    assert run
    origin = run.remote_job_origin
    assert (origin and (origin.location_name, origin.job_name)) == (
        location and (location, "nothing")
    )
    # The daemon leaves a run alone that Ctrl-C has ended.
    assert run.tags.get("dagster/max_retries") == (location and "0")


def test_a_run_of_a_command_is_one_of_the_code_location_that_is_named_or_of_its_module(
    instance: dg.DagsterInstance, location: str | None, tmp_path: Path
) -> None:
    (tmp_path / "numbers_of_a_test.py").write_text(ASSETS)
    command = ("--assets", "number", "-m", "numbers_of_a_test")
    launched = CliRunner().invoke(launch_command, command)
    assert launched.exit_code == 0, launched.output
    (run,) = instance.get_runs()
    assert run.is_success
    assert run.remote_job_origin
    assert run.remote_job_origin.location_name == (location or "numbers_of_a_test")
    assert run.remote_job_origin.repository_origin.repository_name == "__repository__"
