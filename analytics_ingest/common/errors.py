"""The tree of errors that a load ends in, by what whoever runs it should do.

LoadError
├── SettingError         a setting is missing or wrong: set it
├── ApiError             a resource could not be read: look at what the API says to it
│   ├── ApiDownError     nothing can be read for now: wait, or look at the API
│   └── PagingError      its pages do not lead to an end: look at the paginator
├── PartialLoadError     some resources could not be read, the others are loaded
└── WarehouseError       the warehouse did not take the data: look at the destination
"""

from collections.abc import Mapping


class LoadError(Exception):
    """One sentence for the run's log; holds no secret and no row."""


class SettingError(LoadError):
    """A setting is missing or cannot be used."""


class ApiError(LoadError):
    """A request ended, after its retries, without an answer that can be used."""

    status: int | None = None
    """The status of the last answer; None where none came, or one that is no refusal."""


class ApiDownError(ApiError):
    """A request ended, after its retries, in 429, in 5xx or without any answer."""


class PagingError(ApiError):
    """A listing does not end, or its pages do not hold what the paginator needs."""


class PartialLoadError(LoadError):
    """Some resources failed, each for its reason; the others are loaded.

    Args:
        failures: Resource → why it failed.
        of: How many resources were to be loaded.
    """

    def __init__(self, failures: Mapping[str, LoadError], of: int) -> None:
        self.failures = failures
        causes = "\n".join(str(error) for error in failures.values())
        super().__init__(f"{len(failures)} of {of} resources failed: {causes}")


class WarehouseError(LoadError):
    """The data was read but could not be normalised or stored."""
