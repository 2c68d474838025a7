"""XML → an object, as xmltodict and so Airbyte read it, with the rows always a list.

xmltodict makes a list of elements only where there are several. The rows, and what `data_selector`
puts a `*` behind, are a list here also where there is one or none.
Entities are refused: they can grow without end, and those of another file would be lost.
"""

from typing import Any, cast
from xml.parsers import expat

import xmltodict

from analytics_ingest.declaration.element_path import ElementPath
from analytics_ingest.extract.decoders.errors import DecodingError

_DEEPEST = 200


def read_xml(content: bytes, encoding: str | None, path: ElementPath) -> Any:
    """Parse a document.

    Args:
        encoding: Its encoding, if that is not the one that the document itself names.
        path: Where the rows are.

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
            strip_whitespace=False,
            # Its stubs do not know all that these two may take and give.
            postprocessor=cast("Any", _without_blanks),
            disable_entities=False,  # Refused by the parser itself.
            force_list=cast("Any", _Lists(path).are_at),
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
    if path.names:
        _add_lists(body, path)
    return body


class _Lists:
    """Which elements are in a list, even where there is one."""

    def __init__(self, path: ElementPath) -> None:
        self._names = list(path.names)
        self._repeated = path.repeated

    def are_at(self, path: list[tuple[str, Any]], name: str, value: Any) -> bool:
        """Return whether an element is in one, by its ancestors and its name."""
        depth = len(path)
        if depth > _DEEPEST:
            raise RecursionError
        if depth not in self._repeated or name != self._names[depth]:
            return False
        return [above for above, _ in path] == self._names[:depth]


def _without_blanks(_: Any, name: str, value: Any) -> tuple[str, Any] | None:
    """Return a name and its value; white space is null where it is all there is."""
    if not isinstance(value, str) or name[0] == "@" or value.strip():
        return name, value
    return None if name == "#text" else (name, None)


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


def _add_lists(body: dict[str, Any], path: ElementPath) -> None:
    """Make a place for rows where there is none, below the elements that lead to it."""
    root, last = path.names[0], path.names[-1]
    if root not in body:
        problem = f"its root is not <{root}>, which data_selector begins with"
        raise DecodingError(problem, "check the path, the key and data_selector")
    parts = [body]
    for depth, name in enumerate(path.names[:-1]):
        may_repeat = depth in path.repeated
        parts = [
            element
            for part in parts
            if name in part
            for element in _read_elements(part, name, may_repeat=may_repeat)
        ]
    for part in parts:
        _add_list(part, last)


def _add_list(part: dict[str, Any], name: str) -> None:
    """Make a place for rows, unless elements in their place may be rows or an error."""
    inner = {key: value for key, value in part.items() if key[0] not in "@#"}
    if name in inner:
        return
    local_name = name.rpartition(":")[2].lower()
    for key in inner:
        if key.rpartition(":")[2].lower() == local_name:
            problem = f"its elements are not <{name}>, which data_selector ends with, but <{key}>"
            raise DecodingError(problem, "correct data_selector", is_retryable=False)
    is_message = bool(inner) and all(isinstance(value, str) for value in inner.values())
    if not is_message and not any(map(_may_be_rows, inner.values())):
        part[name] = []


def _may_be_rows(value: Any) -> bool:
    """Return whether elements come several times, with others within."""
    rows = value if isinstance(value, list) else []
    return any(isinstance(row, dict) and any(key[0] not in "@#" for key in row) for row in rows)


def _read_elements(part: dict[str, Any], name: str, *, may_repeat: bool) -> list[dict[str, Any]]:
    """Read the elements of a name, each an object."""
    value = part[name]
    if isinstance(value, list) and not may_repeat:
        hint = f"if rows are in each, write {name}.* in data_selector"
        raise DecodingError(f"<{name}> comes several times", hint, is_retryable=False)
    values = value if isinstance(value, list) else [value]
    elements = [{} if element is None else element for element in values]
    if not all(isinstance(element, dict) for element in elements):
        raise DecodingError(f"<{name}> holds a text in place of rows", "check the key and the path")
    part[name] = elements if isinstance(value, list) else elements[0]
    return elements
