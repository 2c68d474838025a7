"""Has the collector of cyclic objects look less often where much is allocated that stays.

Modules of Dagster and large documents are hundreds of thousands of objects. By default Python looks
through the newest after each 700, and through all of them again and again.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

ALLOCATIONS = 20_000
"""Objects that a process may allocate before the collector looks through them."""


def collect_rarely() -> None:
    """Let the process allocate more objects between two collections, unless others are set."""
    allocations, *others = gc.get_threshold()
    if 0 < allocations < ALLOCATIONS:
        gc.set_threshold(ALLOCATIONS, *others)


@contextmanager
def pause_collection() -> Iterator[None]:
    """Open a block in which nothing is collected; what it leaves is collected later."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
