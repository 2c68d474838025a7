"""What a conversion reports: what it assumed and why, and what the user must set."""

from dataclasses import dataclass, field

FROM_TEXT = "from the document's text"
"""The comment on a key that only the prose gives."""

NO_PARENT = "the document leaves the parent open"
"""The comment on a placeholder that is bound to the likeliest parent."""

ASSUMED_BODY = "assumed: the document names only the settings"
"""The comment on the body of a login."""

NO_KEY = "no primary key is stated: it is loaded whole each time and replaces its table"
"""The line about a resource that no load can merge."""

NO_STATUSES = "its error handler names none"
"""What ends the line about the statuses that are assumed of an error handler."""

NO_FIRST_PAGE = "the document names no first page: page 0, or 1 where the API has no page 0"
"""The line about pages that are counted from an unknown number."""

Place = tuple[str | None, str]
"""A resource (None: the API as a whole) and a key with dots, as in a declaration's errors."""


class ConversionError(Exception):
    """Why a document cannot be converted, in one sentence."""


@dataclass
class ConversionLog:
    """Grows while a document is converted."""

    stated: list[str] = field(default_factory=list)
    """What the document says itself, in short."""
    assumptions: list[tuple[str | None, str]] = field(default_factory=list)
    """A resource, or None, and what was assumed of it."""
    settings: dict[str, str] = field(default_factory=dict)
    """Name below sources.<api> → its purpose."""
    separators: dict[str, str] = field(default_factory=dict)
    """Name of a setting that holds several values → what is between them."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Streams of a manifest, or listings, that have no resource, by name, with the reason."""
    omitted: dict[str, str] = field(default_factory=dict)
    """Operations of an OpenAPI document that do not list rows, by name, with the reason."""
    taken: set[tuple[str, str]] = field(default_factory=set)
    """Keys that the configuration was completed with, each with the code that holds it."""
    has_connection: bool = False
    """Whether the document says what its settings are for, so that the file says it too."""
    comments: dict[Place, str] = field(default_factory=dict)
    """The comment on a key in the file."""

    def assume(self, resource: str | None, text: str, *, key: str = "", comment: str = "") -> None:
        """Log an assumption, and a comment for the key that follows from it."""
        if (resource, text) not in self.assumptions:
            self.assumptions.append((resource, text))
        if comment:
            self.comments[resource, key] = comment

    def withdraw(self, resource: str | None, text: str) -> None:
        """Remove an assumption that a later one contradicts."""
        self.assumptions = [each for each in self.assumptions if each != (resource, text)]

    def take(self, resource: str | None, key: str, origin: str, *, of: str = "") -> None:
        """Log that the configuration was completed with a key of another block of code."""
        self.taken.add((key, origin))
        self.assume(resource, f"{key}{of} is taken from {origin}")

    def leave_out(self, resource: str | None, key: str, reason: str) -> None:
        """Log that a key of the document has no place in the declaration."""
        self.assume(resource, f"{key} is left out: {reason}")

    def skip_stream(self, name: str, reason: str) -> None:
        """Log that a stream has no resource; the first reason stays."""
        self.skipped.setdefault(name, reason)

    def require(self, setting: str, purpose: str) -> None:
        """Log a secret or a setting to be set; the first purpose stays."""
        self.settings.setdefault(setting, purpose)

    def group_assumptions(self) -> list[str]:
        """Return the assumptions, each once, with the resources that it holds for."""
        resources: dict[str, list[str]] = {}
        for resource, text in self.assumptions:
            resources.setdefault(text, []).extend([resource] if resource else [])
        return [
            f"{abbreviate(names)}: {text}" if names else text for text, names in resources.items()
        ]


def group_by_reason(reasons: dict[str, str]) -> dict[str, list[str]]:
    """Return the reasons, each with the names that it holds for."""
    names: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        names.setdefault(reason, []).append(name)
    return names


def abbreviate(names: list[str], most: int = 4) -> str:
    """List the first names, and say how many there are besides."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
