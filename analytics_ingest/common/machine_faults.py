"""What is wrong with the memory or the disk of this machine, in a sentence.

None of these passes by itself, so none counts as an outage.
"""

import errno

FULL = "{thing} cannot be written, because the disk is full; free some space on it"
READ_ONLY = "{thing} cannot be written; give this process the right to, or mount it for writing"
MEMORY = "there is too little memory; give the process more, or load fewer partitions at once"

_BY_NUMBER = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.ENOMEM: MEMORY,
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.EIO: "{thing} cannot be read or written; check the disk",
}


def find_machine_fault(error: BaseException) -> str | None:
    """Return what the machine lacks, by an error; None where it is about something else."""
    if isinstance(error, MemoryError):
        return MEMORY
    if not isinstance(error, OSError):
        return None
    fault = _BY_NUMBER.get(error.errno or 0)
    return fault and fault.format(thing=error.filename or "a file")
