"""No control character that an API sends is printed, logged, raised or recorded by Dagster."""

import logging
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.common.errors import ApiError, PartialLoadError
from analytics_ingest.common.printable import to_printable
from analytics_ingest_tests.support.deployments import deploy
from analytics_ingest_tests.support.loads import declare, failure, load, resource
from analytics_ingest_tests.support.pages import UPDATED
from analytics_ingest_tests.support.previews import DEFS, run_try, try_, write_declaration
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

SPELLED = {
    "plain, ä 価格 🙂": "plain, ä 価格 🙂",
    "\x1b]0;t\x07x": r"\x1b]0;t\x07x",
    "\x00\t\r\x7f": r"\x00\t\r\x7f",
    "a\nb": r"a\nb",
    "\x85\x9b2K": r"\x85\x9b2K",
    "\u202eevil\u2066\u200f": r"\u202eevil\u2066\u200f",
    "\u2028\u2029": r"\u2028\u2029",
    "\ud800": r"\ud800",
}
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]"
)
FIELDS = {
    "\x1b]0;t\x07x": 1,
    "\x1b[2K\x1b[1Aok": 2,
    "\nNothing looks wrong.": 3,
    "a\tb\rc": 4,
    "\x9b31m": 5,
    "\u202egnp.exe": 6,
    "\ud800": 7,
}
BODY = {"data": [{"id": 1, "updated_at": UPDATED, **FIELDS}], "next": "\x1b[31mc2"}
REFUSAL = Reply({"message": "\x1b[2Krows"}, 400)
CURSOR = {"type": "cursor", "cursor_path": "next", "cursor_param": "c"}


@pytest.mark.parametrize(("text", "spelled"), SPELLED.items(), ids=ascii)
def test_it_is_spelled_out(text: str, spelled: str) -> None:
    assert to_printable(text) == spelled


def test_an_error_of_several_resources_keeps_its_lines() -> None:
    error = PartialLoadError({"a": ApiError("a\x1b\n"), "b": ApiError("b")}, of=2)
    assert str(error) == "2 of 2 resources failed: a\\x1b\\n\nb"


def declared() -> dict[str, Any]:
    return resource(paginator=CURSOR, max_pages=2)


def test_try_prints_none(api: ScriptedApi) -> None:
    api.always("/items", BODY)
    run = try_(declared())
    assert r"\x1b]0;t\x07x integer" in run.words
    assert not FORBIDDEN.search(run.text)
    assert "Nothing looks wrong.\n" not in run.text


def test_try_prints_none_to_a_terminal(api: ScriptedApi) -> None:
    api.always("/items", BODY)
    write_declaration(declared())
    command = [sys.executable, "-m", "analytics_ingest.cli", "try", "demo", "--defs", str(DEFS)]
    reader, writer = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(command, stdout=writer, stderr=writer, env=environment)
    os.close(writer)
    output = b""
    try:
        while piece := os.read(reader, 65536):
            output += piece
    except OSError:
        pass  # The end of a terminal.
    process.wait()
    os.close(reader)
    text = output.decode().replace("\r\n", "\n")  # The terminal's own line ends.
    assert "x1b[2K" in text
    assert not FORBIDDEN.search(text)


def test_try_prints_none_of_what_it_adds_to_the_schema_file(api: ScriptedApi) -> None:
    api.always("/items", BODY)
    write_declaration({**resource(), "fields": {"id": "integer"}})
    assert not FORBIDDEN.search(run_try("--write-schema").text)


def test_an_error_holds_none(api: ScriptedApi) -> None:
    api.always("/items", REFUSAL)
    error = failure(declare(resource()))
    assert r"\x1b[2Krows" in str(error)
    assert not FORBIDDEN.search(str(error) + "".join(map(str, error.args)))


def test_no_line_of_the_log_holds_any(
    api: ScriptedApi, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/items", BODY)
    api.always("/others", REFUSAL)
    monkeypatch.setenv("RUNTIME__LOG_LEVEL", "DEBUG")
    lines: list[str] = []
    with caplog.at_level(logging.DEBUG), pytest.raises(ApiError):
        load(declare(resource(), resource("others")), log=lines.append)
    assert any(r"\x1b[2Krows" in line for line in lines)
    assert not FORBIDDEN.search("\n".join([*lines, caplog.text]))


def test_no_event_of_dagster_holds_any(api: ScriptedApi, tmp_path: Path) -> None:
    api.always("/items", {"data": BODY["data"]})
    api.always("/others", REFUSAL)
    partitions = {"start": "2026-01-01"}
    schema = {"items": {"fields": {"id": "integer"}}}
    declaration = declare(resource(), resource("others"), partitions=partitions, schema=schema)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        outcome = deploy(declaration, instance).load("2026-01-05")
        events = "\n".join(repr(entry) for entry in instance.all_logs(outcome.run_id))
    assert "Not declared" in events
    assert not FORBIDDEN.search(events.replace("\\n", "\n"))
    assert r"\x1b" not in events.replace(r"\\x1b", "")
