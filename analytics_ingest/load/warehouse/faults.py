"""What is wrong with a disk, the memory or a DuckDB file, in a sentence: `fault_of`.

None of these passes by itself, so none is reported as an outage. The libraries' own messages are
not repeated, since those of a warehouse can hold rows.
"""

import errno
from collections.abc import Iterator

import duckdb

_FULL = "{thing} cannot be written, because the disk is full; free some space on it"
_WRITE = "{thing} cannot be written; give this process the right to, or mount it for writing"
_MEMORY = "there is too little memory; give the process more, or load fewer partitions at once"
_DAMAGED = "{thing} is damaged; restore it, or move it away and load all partitions again"
_NEWER = (
    "{thing} was written by a newer version of DuckDB than {version}, which is installed; install "
    "the newer one"
)

_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _WRITE,
    errno.EACCES: _WRITE,
    errno.EPERM: _WRITE,
    errno.ENOMEM: _MEMORY,
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.EIO: "{thing} cannot be read or written; check the disk",
}
_OF_DUCKDB = {
    "No space left on device": _FULL,
    "File too large": _FULL,
    "Disk quota exceeded": _FULL,
    "Read-only file system": _WRITE,
    "Permission denied": _WRITE,
    "Operation not permitted": _WRITE,
    "read-only mode": _WRITE,
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


def fault_of(error: BaseException | None, database: str = "the DuckDB file") -> str | None:
    """What is wrong, by an error or by those that caused it; None where it is something else."""
    return next(filter(None, (_fault(cause, database) for cause in causes_of(error))), None)


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and what caused it, the innermost last."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        # dlt keeps the error of a failed job beside the others.
        error = getattr(error, "client_exception", None) or error.__cause__ or error.__context__


def _fault(error: BaseException, database: str) -> str | None:
    fault, thing = None, database
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        fault = _MEMORY
    elif isinstance(error, duckdb.Error):
        text = str(error)
        fault = next((fault for sign, fault in _OF_DUCKDB.items() if sign in text), None)
    elif isinstance(error, OSError):
        fault, thing = _OF_THE_SYSTEM.get(error.errno or 0), str(error.filename or "a file")
    else:
        fault = _OF_POSTGRESQL.get(str(getattr(error, "pgcode", "")))
    return fault and fault.format(thing=thing, version=duckdb.__version__)
