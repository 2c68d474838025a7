"""The port of the demo's UI: who has it while the demo loads, and what a taken one ends with."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from analytics_ingest.demo.display import Display
from analytics_ingest.demo.user_interface import (
    PortTakenError,
    release_port,
    reserve_port,
    run_ui,
)
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, free_port
from analytics_ingest_tests.support.raw_server import answering, http


@contextmanager
def _other_program() -> Iterator[int]:
    """The port of another program, which answers any address."""
    with answering(lambda _: http(b"")) as url:
        yield int(url.rpartition(":")[2])


def test_nobody_else_gets_the_port_before_the_ui_does() -> None:
    wanted = free_port()
    reserved = reserve_port(wanted)
    with pytest.raises(OSError, match="in use"):
        socket.create_server((LOOPBACK, wanted))
    assert release_port(reserved) == wanted
    socket.create_server((LOOPBACK, wanted)).close()


def test_a_port_that_another_program_has_is_refused_by_its_number() -> None:
    with _other_program() as port, pytest.raises(PortTakenError) as refused:
        reserve_port(port)
    assert str(refused.value) == f"port {port} is taken; name another with --ui-port"


def test_without_a_wanted_port_any_free_one_does() -> None:
    with reserve_port(None) as first, reserve_port(None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_a_demo_ends_when_another_program_takes_the_port_before_the_ui_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout.create(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(checkout.root))
    monkeypatch.setenv("PYTHONPATH", str(checkout.root))
    log = tmp_path / "dagster.log"
    with _other_program() as port, closing(Display()) as display:
        assert not run_ui(display, checkout.root, port, log)
    printed = capfd.readouterr().out
    assert f"port {port} is taken; name another with --ui-port" in printed
    assert "http://" not in printed
