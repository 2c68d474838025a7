"""What deploy/ says to Kubernetes and Docker is understood, as far as it shows without either."""

import importlib.util
import re
from collections.abc import Mapping
from typing import Any

import pytest
import tomlkit
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.config import dagster_instance_config_schema

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.yaml_text import read_yaml

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
VALUES = read_yaml((ROOT / "deploy" / "kubernetes" / "values.yaml").read_text())
(DEPLOYMENT,) = VALUES["dagster-user-deployments"]["deployments"]
LAUNCHER = VALUES["runLauncher"]["config"]["k8sRunLauncher"]
DAGSTER_YAML = read_yaml((ROOT / "dagster.yaml").read_text())


def test_the_instance_that_the_chart_writes_is_one_that_dagster_accepts() -> None:
    sensor = {"purge_after_days": VALUES["retention"]["sensor"]["purgeAfterDays"]}
    instance = {
        **VALUES["additionalInstanceConfig"],
        "telemetry": VALUES["telemetry"],
        "retention": {"sensor": sensor},
    }
    assert not process_config(dagster_instance_config_schema(), instance).errors


def test_what_the_chart_writes_twice_is_switched_off_in_it() -> None:
    daemon = VALUES["dagsterDaemon"]
    assert set(VALUES["additionalInstanceConfig"]) == {"run_monitoring", "run_retries"}
    assert not daemon["runMonitoring"]["enabled"]
    assert not daemon["runRetries"]["enabled"]


def test_runs_of_an_api_are_limited_as_in_dagster_yaml() -> None:
    (limit,) = VALUES["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"][
        "tagConcurrencyLimits"
    ]
    (here,) = DAGSTER_YAML["concurrency"]["runs"]["tag_concurrency_limits"]
    assert limit == here


def test_the_executor_needs_no_configuration_of_its_own() -> None:
    from dagster_k8s import k8s_job_executor

    config = resolve_to_config_type(k8s_job_executor.config_schema.as_field().config_type)
    assert not process_config(config, {}).errors


def test_a_step_becomes_a_pod_with_the_resources_of_the_values() -> None:
    from dagster_k8s import job as jobs

    container = LAUNCHER["runK8sConfig"]["containerConfig"]
    image = ":".join((DEPLOYMENT["image"]["repository"], DEPLOYMENT["image"]["tag"]))
    job = jobs.construct_dagster_k8s_job(
        jobs.DagsterK8sJobConfig(job_image=image, dagster_home="/opt/dagster"),
        ["dagster", "api", "execute_step"],
        "dagster-step",
        jobs.UserDefinedDagsterK8sConfig(container_config=container),
    ).to_dict()
    (started,) = job["spec"]["template"]["spec"]["containers"]
    assert started["image"] == image
    assert {k: v for k, v in started["resources"].items() if v} == container["resources"]


@pytest.mark.parametrize("settings", [DEPLOYMENT["env"]], ids=["values.yaml"])
def test_settings_are_those_of_the_documentation(settings: Mapping[str, Any]) -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in settings if name not in operations] == []
    assert all(isinstance(value, str) for value in settings.values())


def test_the_image_holds_what_it_copies_and_nothing_else() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()
    assert sorted(line[1:] for line in ignored if line.startswith("!")) == sorted(copied)


def test_the_image_installs_extras_that_there_are() -> None:
    project = tomlkit.parse((ROOT / "pyproject.toml").read_text()).unwrap()["project"]
    (extras,) = re.findall(r"^ARG EXTRAS=(.+)$", DOCKERFILE, re.MULTILINE)
    assert set(extras.split(",")) <= set(project["optional-dependencies"])


def test_code_servers_load_a_module_that_there_is() -> None:
    modules = [DEPLOYMENT["codeServerArgs"][-1], *re.findall(r'"-m", "([\w.]+)"', DOCKERFILE)]
    assert len(modules) == 2
    assert [module for module in modules if not importlib.util.find_spec(module)] == []
