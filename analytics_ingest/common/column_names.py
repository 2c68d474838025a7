"""The spelling of a field's name in ASCII, which is all that dlt's names of columns have.

dlt turns every other character into `_`, so 価格 and 名前 would both become `x`. Here letters are
transliterated. Different names of another script can be spelled alike in Latin letters, as 性 and
姓 are, so such a name ends in a hash of itself.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

OTHER_FIELDS = "_other_fields"
"""The column that holds the fields beyond `max_new_columns`, as a JSON object."""
PATH_SEPARATOR = "__"
"""dlt's, between an object and its field, and between a table and one that is nested in it."""
VARIANT = "__v_"
"""dlt's, between the name of a column and the type of values that it cannot hold."""

_LATIN = ("LATIN ", "FULLWIDTH LATIN ")
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z\d_]+")
_BEFORE_WORD = re.compile("([^_])([A-Z][a-z]+)")
_SNAKE = re.compile(r"[a-z][a-z\d]*(?:_[a-z\d]+)*", re.ASCII)
"""Names that stay as they are, which most are."""
_BEFORE_CAPITAL = re.compile("([a-z0-9])([A-Z])")
_SIGNS = str.maketrans("+-*@|", "x_xal")


@lru_cache(maxsize=100_000)
def to_ascii(field: str) -> str:
    """Return a field's name in ASCII; half a surrogate pair becomes an escape sequence."""
    if field.isascii():
        return field
    text = unicodedata.normalize("NFC", field.encode("utf-8", "backslashreplace").decode())
    letters = [_transliterate(character) for character in text]
    spelling = "".join(letters)
    is_distinct = all(letters) and all(map(_is_unambiguous, text)) and re.search(r"\w", spelling)
    return spelling if is_distinct else f"{spelling.strip()}_{hash_shortly(text)}"


def _transliterate(character: str) -> str:
    if character.isascii():
        return character
    from anyascii import anyascii  # Its tables are read for names that need them alone.

    spelling = anyascii(character)
    if unicodedata.category(character)[0] in "LM":
        return re.sub(r"\W", "", spelling)  # signs that spell a letter: область is oblast'
    return spelling.strip(":")


def _is_unambiguous(character: str) -> bool:
    """Return whether a character is not a letter of a script other than Latin."""
    is_letter = not character.isascii() and unicodedata.category(character)[0] == "L"
    return not is_letter or unicodedata.name(character, "").startswith(_LATIN)


def add_columns(row: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with columns that the API did not send.

    A field that has the name of one, and another value, becomes `<name> of the row`.
    """
    own = {
        _free_name(name, row): row[name]
        for name, value in columns.items()
        if name in row and (row[name] != value or type(row[name]) is not type(value))
    }
    return {**row, **own, **columns}


def _free_name(name: str, row: Mapping[str, Any]) -> str:
    free = f"{name} of the row"
    return _free_name(free, row) if free in row else free


def hash_shortly(name: str) -> str:
    """Return six hexadecimal digits that tell names apart."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def to_snake_case(field: str) -> str:
    """Return a field's column, as dlt's default names it where names have no limit."""
    parts = [part for part in to_ascii(field).split(PATH_SEPARATOR) if part.strip()]
    return PATH_SEPARATOR.join(map(_convert_part, parts))


def _convert_part(part: str) -> str:
    if _SNAKE.fullmatch(part):
        return part
    text = _NOT_IN_NAMES.sub("_", part.strip().translate(_SIGNS))
    text = _BEFORE_CAPITAL.sub(r"\1_\2", _BEFORE_WORD.sub(r"\1_\2", text)).lower()
    text = f"_{text}" if text[:1].isdigit() else text
    stripped = text.rstrip("_")
    return re.sub("__+", "_", stripped + "x" * (len(text) - len(stripped)))


def find_same_column(names: Iterable[str]) -> tuple[str, str] | None:
    """Find the first two different names that have the same column."""
    columns: dict[str, str] = {}
    for name in names:
        other = columns.setdefault(to_snake_case(name), name)
        if other != name:
            return other, name
    return None


def is_variant(column: str, stored: Collection[str]) -> bool:
    """Return whether a column holds dlt's variants of another one."""
    base, separator, _ = column.partition(VARIANT)
    return bool(separator) and base in stored
