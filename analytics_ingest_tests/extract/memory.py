"""How much memory reading a body takes, measured in processes that have imported all they need."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

MEASURED = """
import gc, json, re, sys
from multiprocessing import get_context
from pathlib import Path
from analytics_ingest_tests.support.loads import declare, extract

def peak():
    # Unlike ru_maxrss, it does not begin with the size of the process that started this one.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

def measure(small, large, count):
    extract(declare(small))
    base = peak()
    assert extract(declare(large))["items"].rows_loaded == count
    print(peak() - base)

gc.freeze()
for case in json.load(sys.stdin):
    process = get_context("fork").Process(target=measure, args=case)
    process.start()
    process.join()
    assert process.exitcode == 0
"""

Case = tuple[Mapping[str, Any], Mapping[str, Any], int]
"""A resource with a small body, one named `items` with a large body, and the rows of that."""


def measure(cases: Sequence[Case]) -> list[int]:
    """The bytes that reading each large body takes, after a small body of the same kind."""
    command = [sys.executable, "-c", MEASURED]
    ran = subprocess.run(
        command, input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    return [int(line) for line in ran.stdout.splitlines()]
