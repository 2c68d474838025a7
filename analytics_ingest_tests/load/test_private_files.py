"""Rows and secrets stay with their owner: modes of folders, and keys of other APIs."""

import os
from pathlib import Path

import pytest

from analytics_ingest_tests.support.loads import declare, load, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import ScriptedApi

BORROWED = (
    "sources.other.api_key is sent to this API, though it is not a setting of its own; check that "
    "this is intended"
)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_can_enter_the_folder_of_the_data(
    api: ScriptedApi, project: Path, umask: int
) -> None:
    api.always("/items", {"data": [row(1)]})
    before = os.umask(umask)
    try:
        load(declare(resource()))
    finally:
        os.umask(before)
    assert (project / "data").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_keeps_its_mode(api: ScriptedApi, project: Path) -> None:
    api.always("/items", {"data": [row(1)]})
    (project / "data").mkdir()
    (project / "data").chmod(0o750)
    load(declare(resource()))
    assert (project / "data").stat().st_mode & 0o777 == 0o750


def test_the_key_of_another_api_is_named_where_it_is_sent(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/items", {"data": [row(1)]})
    monkeypatch.setenv("SOURCES__OTHER__API_KEY", "canary-key")
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", "canary-own")
    auth = {"type": "api_key", "name": "X-Key"}
    lines: list[str] = []
    load(declare(resource(), client={"auth": auth}), log=lines.append)
    assert not [line for line in lines if "not a setting of its own" in line]
    borrowing = {"auth": {**auth, "api_key": "sources.other.api_key"}}
    load(declare(resource(), client=borrowing), log=lines.append)
    assert f"demo: {BORROWED}" in lines
    assert BORROWED in try_(resource(), client=borrowing).words
    assert "canary" not in "".join(lines)
