"""The partition router of a stream → its parent, or its lists of values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from analytics_ingest.convert.draft import Json, build_parent_param
from analytics_ingest.convert.manifest.components.component import (
    DELEGATING,
    Component,
    UnsupportedError,
)
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.options import inject, read_option

NameOf = Callable[[Component], str]
"""Gives the name of the resource that lists the stream of a parent."""


@dataclass(frozen=True)
class Include:
    """A field that the rows of a parent must carry from their own parent, as `column`."""

    resource: str
    parent: str
    field: str

    @property
    def column(self) -> str:
        """Its name in the rows."""
        return f"_{self.parent}_{self.field}"


@dataclass
class Partitions:
    """What a stream is partitioned by.

    Attributes:
        names: What a slice calls a partition → the placeholder that it becomes.
        parents: The data of the parents' streams.
        includes: What parents' rows must carry.
    """

    names: dict[str, str] = field(default_factory=dict)
    parents: list[Component] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    is_incremental: bool = False
    """Whether only children of changed parents are asked for."""
    lacks_changes: bool = False
    """Whether that is wanted, and the listing of a parent does not show what has changed."""
    is_unused: bool = False
    """Whether no request and no row reads the parent."""
    unused_lists: list[str] = field(default_factory=list)
    """Lists whose values neither a request nor a row reads."""
    includes: list[Include] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    """Resources that several routers list rows of."""
    _options: list[tuple[str, Component]] = field(default_factory=list)
    _ancestors: dict[str, tuple[Json, Include]] = field(default_factory=dict)
    """What a parent's slice calls its own partition → its binding, and what makes it known."""
    _bindings: dict[str, Json] = field(default_factory=dict)
    _lists: dict[str, Any] = field(default_factory=dict)
    _groups: dict[str, int] = field(default_factory=dict)
    """Partition → how many of its values a request holds."""
    _list_parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, router: Component, name_of: NameOf) -> None:
        """Add one router."""
        if router.kind == "ListPartitionRouter":
            self._add_list(router)
        elif router.kind == "SubstreamPartitionRouter":
            parents = router.read_children("parent_stream_configs", "ParentStreamConfig")
            if len(parents) > 1:
                raise UnsupportedError("its listings are those of each of several parents")
            for parent in parents:
                self._add_parent(parent, name_of)
        elif router.kind == "GroupingPartitionRouter":
            self._add_group(router, name_of)
        else:
            raise UnsupportedError(f"the partition router {router.kind} has no counterpart")

    def _add_group(self, router: Component, name_of: NameOf) -> None:
        inner, size = router.read_child("underlying_partition_router"), router.take("group_size")
        router.take("deduplicate")  # A listing is requested once for each value anyway.
        if inner is None or not isinstance(size, int):
            raise UnsupportedError("GroupingPartitionRouter has no size, or groups nothing")
        before = self._bindings.keys() | self._lists.keys()
        self.add(inner, name_of)
        added = (self._bindings.keys() | self._lists.keys()) - before
        if size > 1:
            self._groups |= dict.fromkeys(added, size)

    def relate(self) -> list[str]:
        """Bind the parent of another parent by the rows of that one.

        Returns:
            The resources that are no longer parents.
        """
        replaced: list[str] = []
        for direct, include in self._ancestors.values():
            for name in [n for n, binding in self._bindings.items() if binding == direct]:
                self._bind(name, include.resource, include.column)
                self.includes.append(include)
                replaced.append(direct["resource"])
        for name, (_, include) in self._ancestors.items():
            self._bind(f"parent_slice.{name}", include.resource, include.column)
        return replaced

    def finish(self, endpoint: Json, texts: Interpolation) -> None:
        """Add to a request what its options inject, and the lists of values."""
        for name, option in self._options:
            where = read_option(option, texts)
            block, path = where
            if name in self._lists and name not in self.used and block == "params":
                self._lists[path[0]] = self._lists.pop(name)
                self._list_parameters[path[0]] = self._list_parameters.pop(name)
                self.used.add(path[0])
            else:
                inject(endpoint, where, f"{{{self.names[name]}}}")
            self.used.add(name)
        bound = self._bindings.keys() & texts.in_expressions
        read = {self._bindings[name]["field"] for name in bound | self._bindings.keys() & self.used}
        self.includes += [i for _, i in self._ancestors.values() if i.column in read]
        self.unused_lists = sorted(self._lists.keys() - self.used - texts.in_expressions)
        for name in self.unused_lists:
            del self._lists[name]
        if unsent := self._lists.keys() - self.used:
            raise UnsupportedError(f"no request holds the partition {min(unsent)}")
        in_texts = (self._groups.keys() & self.used) - texts.in_expressions
        if in_texts:
            raise UnsupportedError(f"a request holds a list of {min(in_texts)} as a text")
        self.is_unused = bool(self._bindings) and not (self._bindings.keys() & self.used or bound)
        for name in sorted(bound):
            self._bind_param(endpoint, name)
        for name, values in self._lists.items():
            if _is_sent_twice(endpoint, name):
                _send_in_path(endpoint, name)
            sent = texts.convert_needed(values, self._list_parameters[name])
            each = {"type": "each", "values": sent, **self._describe_group(name)}
            endpoint.setdefault("params", {})[name] = each

    def _describe_group(self, name: str) -> Json:
        return {"group": self._groups[name]} if name in self._groups else {}

    def _bind_param(self, endpoint: Json, name: str) -> None:
        """Declare by its name what expressions read of a parent's row."""
        bare = name.removeprefix("extra_fields.").removeprefix("parent_slice.")
        params = endpoint.setdefault("params", {})
        sent = params.get(bare)
        if sent == f"{{{self.names[name]}}}":
            _send_in_path(endpoint, bare)
        elif sent not in (None, self._bindings[name]):
            raise UnsupportedError(f"two values of a request are called {bare}")
        params[bare] = {**self._bindings[name], **self._describe_group(name)}

    def _refuse_repeated(self, name: str) -> None:
        if name in self.names:
            raise UnsupportedError(f"two of its partitions are called {name}")

    def _add_list(self, router: Component) -> None:
        name = str(router.take("cursor_field"))
        self._refuse_repeated(name)
        self.names[name] = name
        self._lists[name] = router.take("values")
        self._list_parameters[name] = router.parameters
        if option := router.read_child("request_option"):
            self._options.append((name, option))

    def _add_parent(self, parent: Component, name_of: NameOf) -> None:
        data = parent.take("stream")
        if isinstance(data, str) and data:
            raise UnsupportedError(f"a parent is {data}, which is not the name of one stream")
        if not isinstance(data, Mapping):
            raise UnsupportedError("a parent names no stream")
        stream = Component(data, {}, "DeclarativeStream")
        key = str(parent.take("parent_key"))
        name = str(parent.take("partition_field"))
        self._refuse_repeated(name)
        self.parents.append(stream)
        resource = name_of(stream)
        if resource in {binding["resource"] for binding in self._bindings.values()}:
            self.repeated.append(resource)
        for path in parent.take("extra_fields") or []:
            joined = ".".join(map(str, path))
            self._bind(f"extra_fields.{joined}", resource, joined)
        self._bind(name, resource, key.replace("/", "."))
        self._add_ancestors(stream, resource, name_of)
        if parent.take("incremental_dependency"):
            self.is_incremental |= stream.kind != DELEGATING
            self.lacks_changes |= stream.kind == DELEGATING
        if option := parent.read_child("request_option"):
            self._options.append((name, option))

    def _bind(self, name: str, resource: str, path: str) -> None:
        self.names[name] = f"resources.{resource}.{path}"
        self._bindings[name] = build_parent_param(resource, path)

    def _add_ancestors(self, stream: Component, resource: str, name_of: NameOf) -> None:
        """Note what the slice of a parent holds; its rows can carry it."""
        parents = _list_parents(stream, name_of)
        for name, (above, _, key) in parents.items():
            include = Include(resource, above, key)
            for between, between_stream, _ in parents.values():
                held = [(p, k) for p, _, k in _list_parents(between_stream, name_of).values()]
                if (above, key) in held:  # Its rows carry it; not another parent.
                    include = Include(resource, between, Include(between, above, key).column)
            self._ancestors[name] = build_parent_param(above, key), include


def _is_sent_twice(endpoint: Json, name: str) -> bool:
    """Return whether a param sends the value of its name, and something else does too."""
    params, placeholder = endpoint.get("params", {}), f"{{{name}}}"
    others = {**endpoint, "params": {key: v for key, v in params.items() if key != name}}
    return params.get(name) == placeholder and placeholder in str(others)


def _send_in_path(endpoint: Json, name: str) -> None:
    """Send a param in the path: one that fills a placeholder is not sent by itself."""
    joint = "&" if "?" in endpoint["path"] else "?"
    endpoint["path"] += f"{joint}{quote(name)}={{{name}}}"


def _list_parents(stream: Component, name_of: NameOf) -> dict[str, tuple[str, Component, str]]:
    """Return the fields that the slice of a stream holds, each with its resource and stream."""
    parents: dict[str, tuple[str, Component, str]] = {}
    retriever = stream.read_child("retriever", "SimpleRetriever")
    for router in retriever.read_children("partition_router") if retriever else ():
        for parent in router.read_children("parent_stream_configs", "ParentStreamConfig"):
            data, key = parent.take("stream"), str(parent.take("parent_key"))
            if isinstance(data, Mapping) and "." not in key and "/" not in key:
                above = Component(data, {}, "DeclarativeStream")
                parents[str(parent.take("partition_field"))] = name_of(above), above, key
    return parents
