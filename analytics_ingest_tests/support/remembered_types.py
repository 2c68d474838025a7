"""Lets dlt find out once for each type what it finds out a thousand times a load.

dlt asks of each setting and each part of a schema what its type is, and counts the fields of a
configuration to know whether there is one: a third of the processor time of a small load.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from dlt.common import typing, validation
from dlt.common.configuration.specs import base_configuration
from dlt.common.configuration.specs.base_configuration import BaseConfiguration
from typing_extensions import get_type_hints

QUESTIONS = {
    typing: (
        "extract_inner_type",
        "extract_type_if_modifier",
        "is_callable_type",
        "is_dict_generic_type",
        "is_list_generic_type",
        "is_literal_type",
        "is_optional_type",
        "is_subclass",
        "is_typeddict",
        "is_union_type",
    ),
    base_configuration: (
        "extract_inner_hint",
        "get_config_if_union_hint",
        "is_base_configuration_inner_hint",
        "is_context_inner_hint",
        "is_hint_not_resolvable",
        "is_secret_hint",
    ),
}
"""What is asked of a type, by the module that answers."""


def remember_types() -> None:
    """Remember the answers, in all modules of dlt that ask."""
    for module, names in QUESTIONS.items():
        for name in names:
            _replace(getattr(module, name), _remember(getattr(module, name)))
    validation.get_type_hints = lambda spec, globalns: _type_hints(spec)  # pyright: ignore[reportPrivateImportUsage]
    BaseConfiguration.__iter__ = lambda self: iter(_fields(type(self)))
    BaseConfiguration.__len__ = lambda self: len(_fields(type(self)))


def _remember(ask: Callable[..., Any]) -> Callable[..., Any]:
    remembered = cache(ask)

    def answer(*arguments: Any, **options: Any) -> Any:
        try:
            return remembered(*arguments, **options)
        except TypeError:  # a type that holds something unhashable
            return ask(*arguments, **options)

    return answer


def _replace(old: Callable[..., Any], new: Callable[..., Any]) -> None:
    for module in _modules_of_dlt():
        if vars(module).get(old.__name__) is old:
            setattr(module, old.__name__, new)


def _modules_of_dlt() -> Iterator[ModuleType]:
    return (module for name, module in list(sys.modules.items()) if name.startswith("dlt."))


@cache
def _type_hints(spec: type) -> Mapping[str, Any]:
    return get_type_hints(spec, globalns=vars(sys.modules[spec.__module__]))


@cache
def _fields(spec: type[BaseConfiguration]) -> tuple[str, ...]:
    fields = spec.__dataclass_fields__.values()
    return tuple(f.name for f in fields if base_configuration.is_valid_configspec_field(f))
