"""XML → an object, as xmltodict and so Airbyte read it, with the rows always a list.

xmltodict makes a list of elements only where there are several. Those that `data_selector` names
are a list here also where there is one or none, so that none is lost and an empty page is known.
Entities are refused: they can grow without end, and those of another file would be lost.
"""

from collections.abc import Sequence
from typing import Any, cast
from xml.parsers import expat

import xmltodict

from analytics_ingest.extract.decoders.errors import DecodingError

_DEEPEST = 200


def read_xml(content: bytes, encoding: str | None, rows: Sequence[str]) -> Any:
    """Parse a document.

    Args:
        encoding: Its encoding, if that is not the one that the document itself names.
        rows: The names of the elements from the root to the rows; empty if the root is the row.

    Raises:
        DecodingError: It is not XML, or has another root.
    """
    try:
        if encoding is not None:
            content, encoding = content.decode(encoding).encode(), "utf-8"
        body = xmltodict.parse(
            content,
            encoding=encoding,
            expat=_StrictExpat,
            disable_entities=False,  # Refused by the parser itself.
            force_list=cast("Any", _Rows(rows).are_at),  # Its stubs know another path.
        )
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "it is malformed")
        hint = "the response may be cut off, or the path is another"
        raise DecodingError(f"line {error.lineno}: {reason}", hint) from None
    except _EntityError:
        raise DecodingError("it declares entities, which are refused", is_retryable=False) from None
    except ValueError:
        problem, hint = "its encoding cannot be read", "declare decoder.encoding"
        raise DecodingError(problem, hint, is_retryable=False) from None
    if rows:
        _add_list(body, rows)
    return body


class _Rows:
    """Where the rows are."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)

    def are_at(self, path: list[tuple[str, Any]], name: str, value: Any) -> bool:
        """Whether an element is a row, by its ancestors and its name."""
        if len(path) > _DEEPEST:
            raise RecursionError
        if len(path) + 1 != len(self._names) or name != self._names[-1]:
            return False
        return [above for above, _ in path] == self._names[:-1]


class _EntityError(Exception):
    """A document declares an entity, or holds one that another file declares."""


class _StrictExpat:
    """What xmltodict takes for expat: its parsers refuse entities."""

    @staticmethod
    def ParserCreate(encoding: str | None, separator: str | None) -> Any:  # noqa: N802
        parser = expat.ParserCreate(encoding, separator)
        parser.EntityDeclHandler = _refuse
        parser.SkippedEntityHandler = _refuse
        return parser


def _refuse(*_: Any) -> None:
    raise _EntityError


def _add_list(body: dict[str, Any], names: Sequence[str]) -> None:
    """Make a place for rows where there is none, below the elements that lead to it."""
    root, *_ = names
    if root not in body:
        problem = f"its root is not <{root}>, which data_selector begins with"
        raise DecodingError(problem, "check the path, the key and data_selector")
    part: Any = body
    for name in names[:-1]:
        if name not in part:
            return
        part[name] = {} if part[name] is None else part[name]
        part = part[name]
        if not isinstance(part, dict):
            return
    part.setdefault(names[-1], [])
