"""What the run launcher and the warm process say to each other, over a pair of sockets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodeLocation:
    """What the warm process imports; texts are Dagster's serialized values."""

    name: str
    module: str
    repository_origin: str
    requested_at: int
    """In nanoseconds. What was changed since may have been imported before or after."""


@dataclass(frozen=True)
class StartRun:
    """Asks for a worker; texts are Dagster's serialized values."""

    run_id: str
    job_origin: str
    arguments: str
    socket_path: str


@dataclass(frozen=True)
class Ready:
    """The code is imported."""


@dataclass(frozen=True)
class Started:
    """The worker is forked."""


@dataclass(frozen=True)
class Outdated:
    """Files or settings differ from what was imported; another warm process is needed."""


@dataclass(frozen=True)
class Refused:
    """No worker can be forked."""

    reason: str


Reply = Ready | Started | Outdated | Refused
