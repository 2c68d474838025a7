"""How a load logs, and what libraries must not log.

A load calls a `LogLine`, a function of its caller, with each line; `make_printable` wraps it. The
libraries that it uses log by themselves: URLs with their keys, and rows. `redact_logs` keeps both
out of the logs.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from analytics_ingest.common.printable import to_printable

LogLine = Callable[[str], None]
"""Called with each line for the log."""


_HTTP_LOGGERS = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry")
_DLT_LOGGERS = ("dlt",)
_QUOTED_ERROR = re.compile(
    r"( with message|exception from worker:|, retrying task \().*", re.DOTALL
)


def make_printable(log: LogLine) -> LogLine:
    """Make a function that logs each line with its control characters spelled out."""
    return lambda line: log(to_printable(line))


@contextmanager
def redact_logs(redact: Callable[[str], str], *others: str) -> Iterator[None]:
    """Keep secrets and rows out of what libraries log in this block.

    Args:
        redact: Makes a text fit to be shown, see `ApiContext.redact`.
        others: Names of further loggers that may log secrets.
    """
    filters = {name: _RedactSecrets(redact) for name in (*_HTTP_LOGGERS, *others)}
    filters |= {name: _RedactRows(redact) for name in _DLT_LOGGERS}
    for name, added in filters.items():
        logging.getLogger(name).addFilter(added)
    try:
        yield
    finally:
        for name, added in filters.items():
            logging.getLogger(name).removeFilter(added)


class _RedactSecrets(logging.Filter):
    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redact(record.getMessage()), None
        return True


class _RedactRows(_RedactSecrets):
    """Removes the errors that dlt quotes: those of the warehouse contain values of rows."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _QUOTED_ERROR.sub(" …", record.getMessage()), None
        record.exc_info = record.exc_text = None
        return super().filter(record)
