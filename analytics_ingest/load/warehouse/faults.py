"""What is wrong with a disk, the memory, a DuckDB file or a statement: `find_fault`, in a sentence.

None of these passes by itself, so none counts as an outage. The libraries' own messages are not
repeated, since those of a warehouse can hold rows: `explain_sql` lets SQL that runs outside dlt's
steps end in a load error without them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from dlt.common.destination.exceptions import DestinationException

from analytics_ingest.common.errors import WarehouseError, list_causes
from analytics_ingest.common.machine_faults import FULL, MEMORY, READ_ONLY, find_machine_fault

_DAMAGED = "{thing} is damaged; restore it, or move it away and load all partitions again"
_NEWER = (
    "{thing} was written by a newer version of DuckDB than {version}, which is installed; install "
    "the newer one"
)

_OF_DUCKDB = {
    "No space left on device": FULL,
    "File too large": FULL,
    "Disk quota exceeded": FULL,
    "Read-only file system": READ_ONLY,
    "Permission denied": READ_ONLY,
    "Operation not permitted": READ_ONLY,
    "read-only mode": READ_ONLY,
    "newer version of DuckDB": _NEWER,
    "orrupt database file": _DAMAGED,
    "Could not read enough bytes": _DAMAGED,
    "Failed to load metadata pointer": _DAMAGED,
}
_OF_POSTGRESQL = {
    "53100": "the disk of the warehouse is full; free some space on it",
    "53200": "the warehouse has too little memory; give it more",
    "25006": "the warehouse takes no changes; check whether its address is that of a copy",
    "23503": "a foreign key refers to the row; drop that key, or mark rows: deletes without remove",
    "42501": "the user of the warehouse lacks a right; grant it",
    "57014": "the warehouse cancelled a statement; raise its statement_timeout",
}


def find_fault(error: BaseException, database: str = "the DuckDB file") -> str | None:
    """Return what is wrong, by an error or by those that caused it.

    None where it is something else.
    """
    chain = (error, *list_causes(error))
    return next(filter(None, (_match_fault(cause, database) for cause in chain)), None)


@contextmanager
def explain_sql(place: str, problem: str, *, may_repeat: bool = False) -> Iterator[None]:
    """Let a block that runs SQL end in a load error that has no value of a row.

    Args:
        place: The API, or the table.
        problem: What the block could not do, and whether the rows are stored.
        may_repeat: Let a lack of memory pass, so that `run_within_memory` runs the block again.

    Raises:
        WarehouseError: The warehouse failed.
    """
    try:
        yield
    except (DestinationException, duckdb.Error) as error:
        if may_repeat and is_out_of_memory(error):
            raise
        raise describe_error(place, problem, error) from None


def describe_error(place: str, problem: str, error: BaseException) -> WarehouseError:
    """Convert a load error to one of the warehouse: its kind and what to do, no message."""
    kinds = " ← ".join(type(cause).__name__ for cause in (error, *list_causes(error)))
    advice = find_fault(error) or "check the warehouse, then load again"
    return WarehouseError(f"{place}: {problem} ({kinds}): {advice}")


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether DuckDB lacks memory, by an error or by those that caused it."""
    return any(
        isinstance(cause, duckdb.OutOfMemoryException)
        # A commit that runs out of memory raises another exception.
        or (isinstance(cause, duckdb.TransactionException) and "block of size" in str(cause))
        for cause in (error, *list_causes(error))
    )


def _match_fault(error: BaseException, database: str) -> str | None:
    if isinstance(error, duckdb.OutOfMemoryException):
        return MEMORY
    if isinstance(error, duckdb.Error):
        text = str(error)
        fault = next((fault for sign, fault in _OF_DUCKDB.items() if sign in text), None)
        return fault and fault.format(thing=database, version=duckdb.__version__)
    return find_machine_fault(error) or _OF_POSTGRESQL.get(str(getattr(error, "pgcode", "")))
