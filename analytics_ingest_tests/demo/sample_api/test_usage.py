"""`analytics-ingest sample-api` says where each API is, and how to load from it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, Running, running
from analytics_ingest_tests.support.projects import APIS
from analytics_ingest_tests.support.waiting import wait_for


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The command, on a port that is free; it loads no declaration."""
    folder = tmp_path_factory.mktemp("sample_api")
    with running(
        Checkout(folder, folder), "analytics_ingest.cli", "sample-api", "--port", "0"
    ) as it:
        wait_for(lambda: "STATUS_PAGES__API_KEY=" in it.output, "the usage", seconds=60)
        yield it


def test_the_printed_block_sets_what_each_declaration_asks(serving: Running) -> None:
    exported = re.findall(r"^  export (\S+)$", serving.output, re.MULTILINE)
    settings = dict(shlex.split(line)[0].split("=", 1) for line in exported)
    keys = {name: value for name, value in settings.items() if not name.endswith("BASE_URL")}
    assert set(keys) == {
        f"SOURCES__{api.upper()}__API_{'TOKEN' if api == 'content_library' else 'KEY'}"
        for api in APIS
    }
    assert set(keys.values()) == {"sample-key"}
    for api in APIS:
        assert f"{api}  " in serving.output
        assert serving.output.count(settings[f"SOURCES__{api.upper()}__BASE_URL"]) == 2
    url = settings["SOURCES__COMMERCE__BASE_URL"]
    answer = requests.get(f"{url}/v1/resource", params={"api_key": "sample-key"}, timeout=10)
    assert len(answer.json()["data"]) == 100


def test_nothing_but_the_usage_is_printed_and_a_taken_port_is_named(
    serving: Running, tmp_path: Path
) -> None:
    lines = serving.output.splitlines()
    assert len(lines) == 5 + 3 * len(APIS)
    port = re.findall(rf"{LOOPBACK}:(\d+)/", serving.output)[0]
    second = ("analytics_ingest.cli", "sample-api", "--port", port)
    with running(Checkout(tmp_path, tmp_path), *second) as refused:
        assert refused.process.wait(60) == 1
    assert refused.output.startswith(f"cannot serve on port {port} of {LOOPBACK} (Address already")
