"""How much memory reading a body takes, measured in processes that have imported all they need."""

import gc
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.loads import declare, extract

Case = tuple[Mapping[str, Any], Mapping[str, Any], int]
"""A resource with a small body, one named `items` with a large body, and the rows of that."""

_TAKEN = Path("taken.txt")


def measure(cases: Sequence[Case]) -> list[int]:
    """The bytes that reading each large body takes, after a small body of the same kind.

    The working directory holds nothing else.
    """
    taken: list[int] = []
    for case in cases:
        process = begin_apart(_measure, *case)
        process.join()
        assert process.exitcode == 0
        taken.append(int(_TAKEN.read_text()))
    return taken


def _measure(small: dict[str, Any], large: dict[str, Any], count: int) -> None:
    gc.freeze()
    extract(declare(small))
    base = _peak()
    assert extract(declare(large))["items"].rows_loaded == count
    _TAKEN.write_text(str(_peak() - base))


def _peak() -> int:
    # Unlike ru_maxrss, it does not begin with the size of the process that started this one.
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return int(found[1]) * 1024
