"""What Python looks through for garbage: not what definitions are made of, which stays to the end.

Looking through the modules of Dagster and dlt would take a fifth of a small run, most of it when
Python ends. Whatever they hold then is never freed, and DuckDB prints what was not: so they must
not come to hold a load.
"""

import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def freeze_imports() -> Iterator[None]:
    """The first such block's objects, as all made before, are there until the process ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
    if not gc.get_freeze_count():
        _make_first_record()
        gc.freeze()


@contextmanager
def unfreeze_on_failure() -> Iterator[None]:
    """A block after whose failure everything is looked through again: Dagster's records hold it."""
    with ExitStack() as on_failure:
        on_failure.callback(gc.unfreeze)
        yield
        on_failure.pop_all()


def _make_first_record() -> None:
    # The first of these records keeps the variables of the function that made it: in dagster-dlt's
    # there is a pipeline.
    import dlt
    from dagster_dlt.translator import DltResourceTranslatorData

    DltResourceTranslatorData(resource=dlt.resource([], name="none"), pipeline=None)
