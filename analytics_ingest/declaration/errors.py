"""The error of a declaration that cannot work, and the place that it is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class DeclarationError(ValueError):
    """Says which API, resource and key, the value found, what is allowed and what to do."""

    def __init__(self, api: str, resource: str | None, key: str, problem: str) -> None:
        place = f"{api}.{resource}" if resource else api
        super().__init__(f"{place}: {key}: {problem}")
        self.api = api
        self.resource = resource
        self.key = key
        self.problem = problem


def read_lines(error: ValidationError, *, include_input: bool) -> Sequence[Mapping[str, Any]]:
    """Return what a model refuses, a line each, without the frames of what raised it.

    The collector cannot look into pydantic's errors: a frame that refers to one is never freed.
    """
    lines = error.errors(include_url=False, include_input=include_input)
    for line in lines:
        if cause := line.get("ctx", {}).get("error"):
            cause.__traceback__ = cause.__context__ = None
    return lines


@dataclass(frozen=True)
class Place:
    """An API, or one of its resources: where a key of a declaration belongs."""

    api: str
    resource: str | None = None

    def build_error(self, key: str, problem: str) -> DeclarationError:
        """Build the error of one key."""
        return DeclarationError(self.api, self.resource, key, problem)

    def validate(self, model: type[Model], value: Any, key: str = "") -> Model:
        """Validate the value of a key, or of a whole declaration.

        Raises:
            DeclarationError: The first problem, without the value: it may hold a secret.
        """
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise next(self.convert_errors(error, key)) from None

    def convert_errors(self, error: ValidationError, block: str = "") -> Iterator[DeclarationError]:
        """Convert all problems that a model sees in a block."""
        for line in read_lines(error, include_input=False):
            key = ".".join(str(part) for part in (block, *line["loc"]) if part != "")
            yield self.build_error(key, line["msg"].removeprefix("Value error, "))
