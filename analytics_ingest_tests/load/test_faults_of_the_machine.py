"""A full or read-only disk, too little memory, a damaged or newer file: each is named at once."""

import os
import resource as limits
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from analytics_ingest.common.errors import ApiError, LoadError, WarehouseError
from analytics_ingest.load.warehouse.faults import find_fault
from analytics_ingest_tests.support.loads import WAREHOUSE, declare, load, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import ScriptedApi

IS_ROOT = os.geteuid() == 0
MOUNTS = pytest.mark.skipif(not IS_ROOT, reason="only root can mount a small disk")


@pytest.fixture(autouse=True)
def pages(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(n, text=f"{n}" * 200) for n in range(2_000)]})


def failure() -> LoadError:
    with pytest.raises(LoadError) as caught:
        load(declare(resource()))
    return caught.value


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """A disk of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def stored() -> bytearray:
    """A DuckDB file that a load has filled."""
    load(declare(resource()))
    return bytearray(WAREHOUSE.read_bytes())


def checksum(data: bytes) -> int:
    """DuckDB's, of a block."""
    result = 5381
    for (number,) in struct.iter_unpack("<Q", data):
        result ^= number * 0xBF58476D1CE4E5B9 % 2**64
    return result


def of_a_newer_version(file: bytearray) -> bytearray:
    file[12:20] = struct.pack("<Q", 5_000)
    file[:8] = struct.pack("<Q", checksum(bytes(file[8:4096])))
    return file


def with_other_bytes(file: bytearray) -> bytearray:
    for place in range(12_300, len(file), 100):
        file[place] ^= 0xFF
    return file


DAMAGED = "is damaged; restore it, or move it away and load all partitions again"
OTHER = "cannot be opened as a DuckDB file"
FILES: dict[str, tuple[Callable[[bytearray], bytes | bytearray], str]] = {
    "a truncated file": (lambda file: file[:5_000], DAMAGED),
    "a file with other bytes": (with_other_bytes, DAMAGED),
    "a file that is something else": (
        lambda _: b"hello" * 9_999,
        "cannot be opened as a DuckDB file",
    ),
    "an empty file": (lambda _: b"", "cannot be opened as a DuckDB file"),
    "a file of a newer version": (
        of_a_newer_version,
        f"was written by a newer version of DuckDB than {duckdb.__version__}, which is installed; "
        "install the newer one",
    ),
}


@pytest.mark.parametrize(("change", "problem"), FILES.values(), ids=list(FILES))
def test_a_file_that_cannot_be_used_is_named(
    api: ScriptedApi, change: Callable[[bytearray], bytes | bytearray], problem: str
) -> None:
    WAREHOUSE.write_bytes(change(stored()))
    api.asked.clear()
    error = failure()
    assert isinstance(error, WarehouseError)
    assert f"{WAREHOUSE} {problem}" in str(error)
    assert api.asked == []


@MOUNTS
@pytest.mark.parametrize("size", ["200k", "600k", "1200k", "2m"])
def test_a_full_disk_is_named(project: Path, api: ScriptedApi, size: str) -> None:
    with disk(project / "data", f"size={size}"):
        error = failure()
        assert not isinstance(error, ApiError)
        assert "because the disk is full; free some space on it" in str(error)
        assert "\n" not in str(error)
    assert len(api.asked) <= 1
    load(declare(resource()))


@MOUNTS
def test_a_read_only_disk_is_named(project: Path, api: ScriptedApi) -> None:
    with disk(project / "data", "ro"):
        error = failure()
        run = try_(resource())
    assert not isinstance(error, ApiError)
    assert "cannot be written (Read-only file system); give this process the right to" in str(error)
    assert "cannot be written" in run.words
    assert run.status == 1
    assert api.asked == []


@MOUNTS
def test_a_warehouse_on_a_read_only_disk_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "elsewhere"
    monkeypatch.setenv("DESTINATION__WAREHOUSE__CREDENTIALS", f"duckdb:///{path}/warehouse.duckdb")
    with disk(path, "ro"):
        error = failure()
    assert isinstance(error, WarehouseError)
    assert "cannot be written; give this process the right to, or mount it for writing" in str(
        error
    )


def exhaust_duckdb() -> None:
    with duckdb.connect(config={"memory_limit": "2MB"}) as connection:
        connection.execute("SELECT list(range) FROM range(10_000_000)").fetchall()


@pytest.mark.parametrize("exhaust", [exhaust_duckdb, lambda: bytearray(1 << 62)])
def test_too_little_memory_is_named(exhaust: Callable[[], object]) -> None:
    with pytest.raises((MemoryError, duckdb.OutOfMemoryException)) as caught:
        exhaust()
    assert "there is too little memory" in str(find_fault(caught.value))


def test_a_limit_of_the_size_of_files_is_a_full_disk(project: Path) -> None:
    soft, hard = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (100_000, hard))
    try:
        error = failure()
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, (soft, hard))
    assert "because the disk is full" in str(error)
