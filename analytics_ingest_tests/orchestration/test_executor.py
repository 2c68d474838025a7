"""One setting chooses the executor; what another one needs is neither imported nor installed."""

import subprocess
import sys

import pytest

from analytics_ingest.orchestration.celery_settings import URL_SETTING
from analytics_ingest.orchestration.executor import SETTING, create_executor

PACKAGES = {"celery": "dagster_celery", "k8s": "dagster_k8s"}
REDIS = "redis://:canary@localhost:6379/0"


@pytest.mark.parametrize("name", ["in_process", "multiprocess", "celery", "k8s"])
def test_the_setting_names_the_executor(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, name)
    monkeypatch.setenv(URL_SETTING, REDIS)
    assert create_executor().name == name


def test_steps_are_forked_by_default_where_that_is_safe() -> None:
    forks = sys.platform == "linux"
    assert create_executor().name == ("multiprocess" if forks else "in_process")


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_that_are_missing_are_reported_with_their_extra(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, name)
    monkeypatch.setenv(URL_SETTING, REDIS)
    monkeypatch.setitem(sys.modules, PACKAGES[name], None)
    with pytest.raises(ValueError, match="packages") as caught:
        create_executor()
    assert str(caught.value) == (
        f"ANALYTICS_INGEST_EXECUTOR is '{name}', whose packages are not installed; "
        f"run pip install -c constraints.txt -e '.[{name}]' in the project's folder"
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {SETTING: "dask"},
            "ANALYTICS_INGEST_EXECUTOR is 'dask'; allowed are in_process, multiprocess, celery, "
            "k8s",
        ),
        (
            {SETTING: "celery"},
            "ANALYTICS_INGEST_CELERY_URL is not set; set it to the Redis server of all runs and "
            "workers, e.g. redis://localhost:6379/0",
        ),
        (
            {SETTING: "celery", URL_SETTING: "amqp://guest:canary@localhost"},
            "ANALYTICS_INGEST_CELERY_URL is not a redis:// address; set it to the Redis server of "
            "all runs and workers, e.g. redis://localhost:6379/0",
        ),
    ],
    ids=["an unknown name", "no address", "another broker"],
)
def test_a_mistake_is_reported_in_one_sentence(
    settings: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="ANALYTICS_INGEST") as caught:
        create_executor()
    assert str(caught.value) == sentence


def test_nothing_of_the_others_is_imported_by_default() -> None:
    program = (
        "import sys\n"
        "from analytics_ingest.orchestration.executor import create_executor\n"
        "create_executor()\n"
        "print({'celery', 'redis', 'kubernetes', 'psycopg2'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == "set()\n"
