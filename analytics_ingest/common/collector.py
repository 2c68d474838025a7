"""Pauses the collector of cyclic objects while much is allocated at once.

Reading a large document makes millions of objects that all stay. The collector scans them again
and again, together with the modules of Dagster, which takes longer than the reading itself.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collection() -> Iterator[None]:
    """A block in which nothing is collected; what it leaves is collected later."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
