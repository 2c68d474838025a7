"""The tree of errors that a load ends in, by what whoever runs it should do.

LoadError
├── SettingError     a setting is missing or wrong: set it
├── ApiError         the API answered, but not with data: look at the API
│   └── PagingError  its pages do not lead to an end: look at the paginator
└── WarehouseError   the warehouse did not take the data: look at the destination
"""


class LoadError(Exception):
    """One sentence for the run's log; holds no secret and no row."""


class SettingError(LoadError):
    """A setting is missing or cannot be used."""


class ApiError(LoadError):
    """A request ended, after its retries, without an answer that can be used.

    Args:
        status: The HTTP status, or None where there was no answer.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class PagingError(ApiError):
    """A listing does not end, or its pages do not hold what the paginator needs."""


class WarehouseError(LoadError):
    """The data was read but could not be normalised or stored."""
