"""What expressions read of a request's surroundings; known without importing jinja2."""

from dataclasses import dataclass

JOB_ROOTS = ("creation_response", "polling_response", "download_target")
"""The variables that only the requests of a job and its downloads have."""


@dataclass(frozen=True)
class References:
    """What an expression, or a text with several, reads of a request's surroundings."""

    settings: dict[str, bool]
    """Names of settings, with dots where they are nested → whether they may be missing."""
    partition: frozenset[str]
    """Fields of a parent's row and names of listed values; empty for the partition as a whole."""
    bounds: frozenset[str]
    """start, end."""
    has_page: bool
    job: frozenset[str] = frozenset()
    """Responses of a job's requests, and its target."""

    @classmethod
    def none(cls) -> "References":
        """Return the references of a text without expressions."""
        return cls({}, frozenset(), frozenset(), has_page=False)

    def __or__(self, other: "References") -> "References":
        settings = {**self.settings, **other.settings}
        for name in self.settings.keys() & other.settings.keys():
            settings[name] = self.settings[name] and other.settings[name]
        return References(
            settings,
            self.partition | other.partition,
            self.bounds | other.bounds,
            has_page=self.has_page or other.has_page,
            job=self.job | other.job,
        )
