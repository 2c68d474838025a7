"""Types that a block of a declaration names, one file each: `offset`, `bearer`.

A package such as `paginators` holds a file for each type. The file says which keys the type has
and what they mean, and builds the object that does the work. `find_types` reads the package.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class Secret:
    """A key that names the setting of a secret, and never holds one."""

    setting: str
    """Without the key, `sources.<api>.<setting>` is read."""
    purpose: str
    """What it is, for whoever sets it."""
    is_optional: bool = False
    """It need not be set."""
    may_be_blank: bool = False
    """'' in the declaration sends an empty one."""


class Keys(BaseModel):
    """The keys of a type, each with its value and a docstring for the reference.

    A key that several types have must mean the same in each, so its annotation is the same.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    required: ClassVar[Mapping[str, str]] = {}
    """Key that must be declared → what it says, for the message."""
    exclusive: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys that exclude each other: at most one may be declared."""
    aliases: ClassVar[Mapping[str, str]] = {}
    """Other name of a key → the key."""
    secrets: ClassVar[Mapping[str, Secret]] = {}
    """Keys that name the setting of a secret."""
    json_paths: ClassVar[tuple[str, ...]] = ()
    """Keys that hold a JSONPath, which is parsed before anything is asked of the API."""

    @classmethod
    def list_names(cls) -> tuple[str, ...]:
        """List all keys by all their names."""
        return (*cls.model_fields, *cls.aliases)

    def find_problems(self) -> Iterator[tuple[str, str]]:
        """Yield the keys whose values cannot work, each with the reason."""
        yield from ()

    def list_paths(self) -> Iterator[tuple[str, str]]:
        """Yield the JSONPaths that are declared, by key."""
        for key in self.json_paths:
            if path := getattr(self, key):
                yield key, path


class DeclaredType:
    """What the base classes of paginators and of auth types share."""

    name: ClassVar[str]
    """The type in a declaration; a class without a name of its own is a base, not a type."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Further names that a declaration may use."""
    keys: ClassVar[type[Keys]] = Keys
    dlt_classes: ClassVar[tuple[str, ...]] = ()
    """dlt's classes for the same, which Python code constructs."""
    dlt_arguments: ClassVar[tuple[str, ...]] = ()
    """Keys of their positional arguments."""
    document_names: ClassVar[tuple[str, ...]] = ()
    """Further names in documents, in small letters; `convert` reads them."""


Kind = TypeVar("Kind", bound=DeclaredType)


def find_types(package: str, folders: Iterable[str], base: type[Kind]) -> dict[str, type[Kind]]:
    """Import the modules of a package and list its types by name, aliases included.

    Args:
        package: Its full name.
        folders: Its `__path__`.
        base: The class that its types derive from.

    Raises:
        TypeError: Two types have the same name.
    """
    types: dict[str, type[Kind]] = {}
    for info in sorted(pkgutil.iter_modules(folders), key=lambda module: module.name):
        module = importlib.import_module(f"{package}.{info.name}")
        for kind in _list_types(vars(module).values(), base, module.__name__):
            for name in (kind.name, *kind.aliases):
                if name in types:
                    raise TypeError(f"{module.__name__}: another type of {package} is named {name}")
                types[name] = kind
    return types


def _list_types(values: Iterable[Any], base: type[Kind], module: str) -> Iterator[type[Kind]]:
    for value in values:
        is_own = isinstance(value, type) and value.__module__ == module
        if is_own and issubclass(value, base) and "name" in vars(value):
            yield value
