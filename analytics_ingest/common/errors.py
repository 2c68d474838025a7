"""The errors that a load ends in, each with what to do about it.

LoadError
├── SettingError         a setting is missing or wrong: set it
├── ApiError             a resource could not be read: check its declaration and its key
│   ├── ApiDownError     the API is down or overloaded: run the load again later
│   ├── BudgetUsedUpError  a declared rate takes no request for long: run the load again later
│   └── PagingError      the pages do not lead to an end: check the paginator
├── LimitsError          the server that stores the limits is away: check it
├── PartialLoadError     some resources failed, the others are loaded
└── WarehouseError       the data could not be stored: check the warehouse
"""

from collections.abc import Iterator, Mapping

from analytics_ingest.common.printable import to_printable


class LoadError(Exception):
    """A load failed; the message is one sentence, without secrets, rows and control characters."""

    def __init__(self, message: str, *, keeps_lines: bool = False) -> None:
        super().__init__(to_printable(message, keeps_lines=keeps_lines))


class SettingError(LoadError):
    """A setting is missing or cannot be used."""


class ApiError(LoadError):
    """A request ended, after its retries, without a usable response."""

    status: int | None = None
    """The HTTP status of the last response; None if there was none, or no error status."""
    is_declared: bool = False
    """The declaration says what to do about it; the status does not matter."""


class ApiDownError(ApiError):
    """A request ended, after its retries, in 429, in 5xx or without a response."""


class BudgetUsedUpError(ApiError):
    """A rate budget is used up for longer than a run waits."""


class PagingError(ApiError):
    """A listing does not end, or a page lacks a value that the paginator reads."""


class LimitsError(LoadError):
    """The server that stores the limits and locks of an API cannot be used."""


class PartialLoadError(LoadError):
    """Some resources failed, each for its own reason; the others are loaded.

    Args:
        failures: The error of each failed resource, by name.
        of: How many resources the load has.
    """

    def __init__(self, failures: Mapping[str, LoadError], of: int) -> None:
        self.failures = failures
        causes = "\n".join(str(error) for error in failures.values())
        message = f"{len(failures)} of {of} resources failed: {causes}"
        super().__init__(message, keeps_lines=True)


class WarehouseError(LoadError):
    """The data was read, but could not be normalized or stored."""


def list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what an error was raised for, nearest first."""
    cause: BaseException | None = error
    # dlt keeps the error of a failed job apart from the others.
    while cause := getattr(cause, "client_exception", None) or cause.__cause__ or cause.__context__:
        yield cause
