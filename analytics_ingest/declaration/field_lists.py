"""Params of type fields: the list of fields that each request asks for, whole or in chunks.

`params: {fields: {type: fields, values: [a, b, c]}}` is sent as `fields=a,b,c`; where `{fields}` is
in the path, in a header or in the body, it is filled there instead. With `max_count` or
`max_length` each page is requested once for each chunk of the list, and `extract.chunked_pages`
merges the rows of the chunks. With `resource` and `field` the rows of a parent are the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.placeholders import list_settings
from analytics_ingest.declaration.value_lists import Values

TYPE = "fields"
_KEYS = (*("type", "values", "resource", "field", "always", "max_count", "max_length", "merge_by"),)
_LIMITS = ("max_count", "max_length")


@dataclass(frozen=True)
class FieldList:
    """The fields that the requests of a resource ask for."""

    name: str
    """Of the parameter, and of the placeholder."""
    values: Values | None
    """None where the rows of a parent give them."""
    always: tuple[str, ...] = ()
    """Fields that each chunk begins with; they do not count."""
    max_count: int | None = None
    max_length: int | None = None
    """Characters of a chunk, three for the separator of each field included."""
    merge_by: tuple[str, ...] = ()
    """The fields by which rows are merged, if these are not the primary key."""

    @property
    def key(self) -> str:
        """The key that declares it, for messages."""
        return f"endpoint.params.{self.name}"

    @property
    def is_chunked(self) -> bool:
        """Whether a page may take several requests."""
        return self.max_count is not None or self.max_length is not None


def is_field_list(param: Any) -> bool:
    """Return whether a param is a list of fields."""
    return isinstance(param, Mapping) and param.get("type") == TYPE


def find_field_list(place: Place, params: Mapping[str, Any]) -> FieldList | None:
    """Read the param that lists fields; None where no param does.

    Raises:
        DeclarationError: There are several, or one has a key or a value that is not allowed.
    """
    names = [name for name, param in params.items() if is_field_list(param)]
    if not names:
        return None
    if names[1:]:
        problem = f"is a second list of fields beside {names[0]}; write one of them as a text"
        raise place.build_error(f"endpoint.params.{names[1]}", problem)
    (name,) = names
    return _read_field_list(place, name, params[name])


def _read_field_list(place: Place, name: str, param: Mapping[str, Any]) -> FieldList:
    key = f"endpoint.params.{name}"
    if unknown := sorted(set(param) - set(_KEYS)):
        allowed = ", ".join(_KEYS)
        raise place.build_error(f"{key}.{unknown[0]}", f"is unknown; allowed are {allowed}")
    _check_source(place, key, param)
    limits = _read_limits(place, key, param)
    merge_by = param.get("merge_by", ())
    merge_by = [merge_by] if isinstance(merge_by, str) else merge_by
    if "merge_by" in param and not (merge_by and _are_texts(merge_by)):
        problem = "is not the name of a field or a list of names; write id or [id, day]"
        raise place.build_error(f"{key}.merge_by", problem)
    if merge_by and not limits:
        problem = "has no effect without max_count or max_length; remove it"
        raise place.build_error(f"{key}.merge_by", problem)
    return FieldList(
        name,
        param.get("values"),
        always=tuple(_read_always(place, key, param)),
        merge_by=tuple(merge_by),
        **limits,
    )


def _check_source(place: Place, key: str, param: Mapping[str, Any]) -> None:
    """Check that either a list or a parent gives the fields."""
    values, of_parent = param.get("values"), {"resource", "field"} & set(param)
    if of_parent and "values" in param:
        problem = f"cannot be combined with {min(of_parent)}; remove one of them"
        raise place.build_error(f"{key}.values", problem)
    if of_parent:
        missing = [k for k in ("resource", "field") if not isinstance(param.get(k), str)]
        if missing:
            raise place.build_error(f"{key}.{missing[0]}", "is required; name it")
    elif not (_is_setting(values) or (values and _are_texts(values))):
        problem = (
            "is not a list of names; write [a, b], {settings.<name>} for a setting "
            "that holds them, or resource and field for the rows of a parent"
        )
        raise place.build_error(f"{key}.values", problem)


def _read_limits(place: Place, key: str, param: Mapping[str, Any]) -> dict[str, int]:
    limits = {name: param[name] for name in _LIMITS if name in param}
    if len(limits) > 1:
        problem = "cannot be combined with max_count; remove one of them"
        raise place.build_error(f"{key}.max_length", problem)
    for name, limit in limits.items():
        if type(limit) is not int or limit < 1:
            what = "fields" if name == "max_count" else "characters"
            problem = f"'{limit}' is not a number of {what}; write 1 or more, or remove it"
            raise place.build_error(f"{key}.{name}", problem)
    return limits


def _read_always(place: Place, key: str, param: Mapping[str, Any]) -> list[str]:
    always = param.get("always", [])
    if "always" in param and not (always and _are_texts(always)):
        problem = "is not a list of names; write [id], or remove it"
        raise place.build_error(f"{key}.always", problem)
    return always


def _is_setting(values: Any) -> bool:
    return isinstance(values, str) and bool(list_settings(values))


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(v, str) and v for v in values)
