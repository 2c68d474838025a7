"""Freezes import-time objects out of the garbage collector.

Scanning the modules of Dagster and dlt would cost a fifth of a small run, most of it at exit.
Frozen objects are never freed, so they must not hold a load: DuckDB reports its open objects as
leaks at exit.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from analytics_ingest.common.collector import pause_collection


@contextmanager
def freeze_imports() -> Iterator[None]:
    """Exclude everything allocated so far from garbage collection.

    It takes effect once a process, and not in one that has imported DuckDB before.
    """
    with pause_collection():
        yield
    # DuckDB would report its own types as leaks at exit, if it were frozen.
    if not gc.get_freeze_count() and "duckdb" not in sys.modules:
        _make_first_record()
        gc.freeze()


@contextmanager
def unfreeze_on_failure() -> Iterator[None]:
    """Unfreeze everything when the block fails, because Dagster's records then hold the load."""
    with ExitStack() as on_failure:
        on_failure.callback(gc.unfreeze)
        yield
        on_failure.pop_all()


def _make_first_record() -> None:
    # The class keeps the local variables of the function that makes its first instance. In
    # dagster-dlt that function holds a pipeline, so the first instance is made here.
    import dlt
    from dagster_dlt.translator import DltResourceTranslatorData

    DltResourceTranslatorData(resource=dlt.resource([], name="none"), pipeline=None)
