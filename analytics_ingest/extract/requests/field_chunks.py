"""The fields that the requests of a resource ask for, divided into chunks.

Each chunk begins with the fields that are always asked for. What counts, and where a chunk ends, is
as in airbyte-cdk (`PropertyChunking`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from analytics_ingest.declaration.field_lists import FieldList
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.requests.listed_values import read_values
from analytics_ingest.extract.settings import SettingValues

_SEPARATOR_LENGTH = 3
"""Characters of a comma in a URL: `%2C`."""


class FieldChunks:
    """The chunks of a resource's list of fields; one if it is not divided.

    Raises:
        SettingError: The setting that lists the fields is empty.
    """

    def __init__(self, resource: ResourceDeclaration, settings: SettingValues) -> None:
        self._declared = declared = resource.field_list
        self._values: Sequence[Any] = ()
        if declared and declared.values:
            self._values = read_values(resource, declared.name, declared.values, settings)

    def list_chunks(self, bindings: Mapping[str, Any]) -> list[list[str]]:
        """List the chunks of a listing; none where no list of fields is declared.

        Args:
            bindings: May hold the fields that the rows of a parent name.
        """
        if self._declared is None:
            return []
        return list(self._divide(bindings, self._declared))

    def bind(
        self, bindings: Mapping[str, Any], chunk: Sequence[str] | None = None
    ) -> Mapping[str, Any]:
        """Return the bindings of a listing with one chunk, or the first, as its list of fields."""
        if self._declared is None:
            return bindings
        if chunk is None:
            chunk = next(self._divide(bindings, self._declared))
        return {**bindings, self._declared.name: chunk}

    def _divide(self, bindings: Mapping[str, Any], declared: FieldList) -> Iterator[list[str]]:
        values = self._values or bindings.get(declared.name, ())
        return divide(declared, map(str, values))


def divide(declared: FieldList, values: Iterable[str]) -> Iterator[list[str]]:
    """Yield the chunks of some fields; a field that comes twice is asked for once."""
    always = list(dict.fromkeys(declared.always))
    chunk, size = list(always), 0
    for value in dict.fromkeys(values):
        if value in always:
            continue
        own = 1 if declared.max_count is not None else len(value) + _SEPARATOR_LENGTH
        most = declared.max_count or declared.max_length
        if most is not None and size and size + own > most:
            yield chunk
            chunk, size = list(always), 0
        chunk.append(value)
        size += own
    yield chunk
