"""How the loading layer tells what happens, and what others may not tell.

It tells by a function that takes a line, given by the caller. The libraries below log by
themselves, at debug level more than may leave the load: URLs with their keys, rows of the API.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LogLine = Callable[[str], None]

_OF_REQUESTS = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry")
_OF_LOADS = ("dlt",)
_QUOTED_ERROR = re.compile(
    r"( with message|exception from worker:|, retrying task \().*", re.DOTALL
)


@contextmanager
def redact_logs(redact: Callable[[str], str], *others: str) -> Iterator[None]:
    """Keep secrets and rows out of what libraries log in this block.

    Args:
        redact: Replaces the secrets in a text.
        others: Further loggers that may tell secrets.
    """
    filters = {name: _WithoutSecrets(redact) for name in (*_OF_REQUESTS, *others)}
    filters |= {name: _WithoutRows(redact) for name in _OF_LOADS}
    for name, added in filters.items():
        logging.getLogger(name).addFilter(added)
    try:
        yield
    finally:
        for name, added in filters.items():
            logging.getLogger(name).removeFilter(added)


class _WithoutSecrets(logging.Filter):
    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redact(record.getMessage()), None
        return True


class _WithoutRows(_WithoutSecrets):
    """Leaves out the errors that dlt quotes: those of the warehouse hold values of rows."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _QUOTED_ERROR.sub(" …", record.getMessage()), None
        record.exc_info = record.exc_text = None
        return super().filter(record)
