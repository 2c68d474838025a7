"""The installation of `make demo` shows how far it is, and all that pip says where it fails."""

from pathlib import Path

import pytest

from analytics_ingest_tests.support.checkout import ROOT, Checkout
from analytics_ingest_tests.support.commands import running
from analytics_ingest_tests.support.terminal import screen

PIP = """#!/bin/sh
echo "Collecting a"; echo "  Downloading a.whl"; echo "Collecting b"; sleep 0.6
echo "Installing collected packages: a, b"
mkdir -p "$(dirname "$0")/../lib/python3/site-packages/a.dist-info"; sleep 0.6
echo "Successfully installed a b"
exit $1
"""


@pytest.fixture
def pip(tmp_path: Path) -> Path:
    """A program that prints what pip prints, and exits with the status that it is given."""
    program = tmp_path / "venv" / "bin" / "pip"
    program.parent.mkdir(parents=True)
    program.write_text(PIP)
    program.chmod(0o755)
    return program


def run(tmp_path: Path, *command: str) -> tuple[int, str]:
    """The status and the output of a module's command, which needs 30 seconds at most."""
    settings = {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with running(Checkout(tmp_path, tmp_path), *command, settings=settings) as started:
        return started.process.wait(30), started.output


def test_in_a_terminal_one_line_counts_packages_and_in_a_pipe_each_phase_is_a_line(
    pip: Path, tmp_path: Path
) -> None:
    terminal = "analytics_ingest_tests.support.terminal"
    status, output = run(tmp_path, terminal, "scripts.install", str(pip), "0")
    assert status == 0
    assert "Finding packages: 2 so far, 0 s" in output
    assert "Installing packages: 1 of 2, " in output
    assert screen(output) in (["Installed in 1 s", ""], ["Installed in 2 s", ""])
    status, output = run(tmp_path, "scripts.install", str(pip), "0")
    assert status == 0
    assert output.rpartition(" in ")[0].splitlines() == [
        "Finding packages ...",
        "Installing packages ...",
        "Installed",
    ]


def test_where_pip_fails_all_that_it_said_is_shown(pip: Path, tmp_path: Path) -> None:
    status, output = run(tmp_path, "scripts.install", str(pip), "3")
    assert status == 3
    assert "Collecting a\n  Downloading a.whl\n" in output
    assert output.endswith("Successfully installed a b\npip failed\n")
