"""What is wrong with a disk, the memory or a DuckDB file, in a sentence: `fault_of`.

None of these passes by itself, so none counts as an outage. The libraries' own messages are not
repeated, since those of a warehouse can hold rows.
"""

import duckdb

from analytics_ingest.common.errors import causes
from analytics_ingest.common.machine_faults import FULL, MEMORY, READ_ONLY, machine_fault

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
}


def fault_of(error: BaseException, database: str = "the DuckDB file") -> str | None:
    """What is wrong, by an error or by those that caused it; None where it is something else."""
    chain = (error, *causes(error))
    return next(filter(None, (_fault(cause, database) for cause in chain)), None)


def _fault(error: BaseException, database: str) -> str | None:
    if isinstance(error, duckdb.OutOfMemoryException):
        return MEMORY
    if isinstance(error, duckdb.Error):
        text = str(error)
        fault = next((fault for sign, fault in _OF_DUCKDB.items() if sign in text), None)
        return fault and fault.format(thing=database, version=duckdb.__version__)
    return machine_fault(error) or _OF_POSTGRESQL.get(str(getattr(error, "pgcode", "")))
