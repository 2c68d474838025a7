"""A real Redis server on loopback, of the program that the system's package installs."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.commands import LOOPBACK, free_port
from analytics_ingest_tests.support.waiting import wait_for

PASSWORD = "canary-of-redis"
_SETTINGS = ROOT / "deploy" / "celery" / "redis.conf"
_WITHIN = 60


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Start a server as the documentation says; a test is skipped where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed: redis-server is not in PATH")
    port = free_port()
    listening = ("--port", str(port), "--bind", LOOPBACK, "--requirepass", PASSWORD)
    log = folder / "redis.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, _SETTINGS, *listening, "--dir", folder],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(lambda: _is_up(port), "Redis", seconds=_WITHIN, tell=log.read_text)
        yield f"redis://:{PASSWORD}@{LOOPBACK}:{port}/0"
    finally:
        process.terminate()
        process.wait(_WITHIN)


def _is_up(port: int) -> bool:
    try:
        return redis.Redis(LOOPBACK, port, password=PASSWORD).ping() is True
    except redis.ConnectionError:
        return False
