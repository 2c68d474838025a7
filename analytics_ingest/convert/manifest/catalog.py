"""All streams of a manifest: their names, their parents, and which of them are skipped."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.manifest.components.component import (
    DELEGATING,
    Component,
    UnsupportedError,
    list_items,
)
from analytics_ingest.convert.manifest.connection import Connection
from analytics_ingest.convert.manifest.delegating import read_delegating, read_whole
from analytics_ingest.convert.manifest.dynamic_streams import (
    Template,
    is_listed_by_api,
    list_streams,
    read_template,
)
from analytics_ingest.convert.manifest.stream import Stream
from analytics_ingest.convert.manifest.streams import StreamReader
from analytics_ingest.convert.normalize.names import to_valid_name

_CONDITIONAL = "ConditionalStreams"
_PARENT = "_parent"


class Catalog:
    """The streams of one manifest.

    Args:
        manifest: Its references resolved.
        without: Numbers of dynamic streams to skip → the reason.
    """

    def __init__(
        self,
        api: str,
        manifest: Mapping[str, Any],
        connection: Connection,
        log: ConversionLog,
        without: Mapping[int, str],
    ) -> None:
        self._log = log
        self._names: dict[str, str] = {}
        """The name of a resource → that of its stream."""
        self._waiting: dict[str, Component] = {}
        self._parents: dict[str, list[str]] = {}
        self._unselected: set[str] = set()
        self._current = ""
        self._reader = StreamReader(api, connection, log, self._find_parent)
        for data in list_items(manifest, "streams"):
            if isinstance(data, Mapping) and data.get("type") == _CONDITIONAL:
                self._add_conditional(data)
            elif isinstance(data, Mapping):
                self._add(data)
        self.templates: dict[str, Template] = {}
        """The name of a resource that is a template → what fills it."""
        for number, data in enumerate(list_items(manifest, "dynamic_streams")):
            if number in without:
                self._log.skip_stream(_name_dynamic(data), without[number])
            else:
                self._add_dynamic(data, number)

    def read(self) -> dict[str, Stream]:
        """Convert the streams, by the names of their resources; parents that have no table too."""
        streams: dict[str, Stream] = {}
        done: set[str] = set()
        while names := [name for name in self._waiting if name not in done]:
            for name in names:
                done.add(name)
                if stream := self._read(name):
                    streams[name] = stream
        self._relate_templates(streams)
        self.skip_children(streams)
        self._log_renamed(streams)
        for include in (i for stream in streams.values() for i in stream.includes):
            fields = streams[include.resource].resource.setdefault("include_from_parent", [])
            fields += [include.field] if include.field not in fields else []
        return streams

    def skip(self, name: str, reason: str) -> None:
        """Log that a stream is skipped."""
        template = self.templates.get(name)
        self._log.skip_stream(self._names[name], template.show(reason) if template else reason)

    def skip_children(self, streams: dict[str, Stream]) -> None:
        """Remove the streams that were skipped, and those whose parents were."""
        gone = {n for n in streams if self._names[n] in self._log.skipped}
        for name in gone:
            del streams[name]
        while orphans := [n for n in streams if not set(self._parents.get(n, [])) <= set(streams)]:
            for name in orphans:
                parent = next(p for p in self._parents[name] if p not in streams)
                self.skip(name, f"its parent {self._names[parent]} is skipped")
                del streams[name]
        needed = {parent for name in streams for parent in self._parents.get(name, [])}
        for name in [n for n in streams if n in self._unselected - needed]:
            del streams[name]

    def _add(self, data: Mapping[str, Any], name: str = "") -> str:
        stream = Component(data, {}, "DeclarativeStream")
        raw = name or str(stream.take("name") or "")
        base = to_valid_name(raw) or f"stream_{len(self._names) + 1}"
        unused = base
        while unused in self._names:
            unused = f"{base}_{sum(n.startswith(base) for n in self._names) + 1}"
        self._names[unused] = raw or unused
        self._waiting[unused] = stream
        return unused

    def _add_conditional(self, data: Mapping[str, Any]) -> None:
        """Add streams that Airbyte has only if a setting says so."""
        condition = " ".join(str(data.get("condition")).split())
        for stream in list_items(data, "streams"):
            if isinstance(stream, Mapping):
                name = self._add(stream)
                self._log.assume(name, f"in Airbyte only where {condition}")

    def _add_dynamic(self, data: Any, number: int) -> None:
        try:
            if is_listed_by_api(data):
                self._add_template(read_template(data, number))
            else:
                for stream in list_streams(data):
                    self._add(stream)
                if "stream_config" in data["components_resolver"]:
                    name = _name_dynamic(data)
                    self._log.assume(None, f"{name}: only its defaults, not what a setting names")
        except (UnsupportedError, LookupError, TypeError, ValueError, AttributeError) as error:
            reason = str(error) if isinstance(error, UnsupportedError) else "it is incomplete"
            self._log.skip_stream(_name_dynamic(data), reason)

    def _add_template(self, template: Template) -> None:
        entries = self._add(template.entries)
        self._unselected.add(entries)
        name = self._add(template.stream, str(template.entries["name"]).removesuffix(" entries"))
        self.templates[name] = template
        self._parents[name] = [entries]

    def _relate_templates(self, streams: dict[str, Stream]) -> None:
        """Have the entries carry what templates read of the entries' own parents."""
        for name in [name for name in self.templates if name in streams]:
            entries = self._parents[name][0]
            parents = self._parents.get(entries, [])
            try:
                includes = self.templates[name].relate(entries, parents)
            except UnsupportedError as error:
                self.skip(name, str(error))
            else:
                streams[name].includes.extend(includes)

    def _read(self, name: str) -> Stream | None:
        self._current = name
        stream = self._waiting[name]
        try:
            stream.refuse_custom()
            if stream.kind == DELEGATING:
                converted = read_delegating(name, stream, self._reader, self._log)
            else:
                converted = self._reader.read(name, stream)
        except UnsupportedError as error:
            self.skip(name, str(error))
            return None
        if name in self._unselected:
            converted.resource["selected"] = False
        return converted

    def _find_parent(self, stream: Component) -> str:
        """Find the resource of a parent's stream; one without a table if no stream is the same."""
        raw = str(stream.take("name") or "")
        if stream.kind == DELEGATING:
            stream = read_whole(stream)  # A resource with changes has no children.
        named = [n for n, known in self._names.items() if known in (raw, raw + _PARENT)]
        name = next((n for n in named if self._waiting[n].is_like(stream)), None)
        if name is None:
            name = self._add(stream.data, raw + _PARENT if named else raw)
            self._unselected.add(name)
        self._parents.setdefault(self._current, []).append(name)
        return name

    def _log_renamed(self, streams: Mapping[str, Stream]) -> None:
        renamed = {
            name: raw
            for name, raw in self._names.items()
            if name in streams and name != raw and name not in self._unselected
        }
        shown = [f"{raw} → {name}" for name, raw in renamed.items()]
        for name, raw in renamed.items():
            self._log.comments[name, "name"] = f"{raw} in the manifest"
        if shown:
            rest = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
            self._log.assume(None, f"names that do not fit a table: {', '.join(shown[:4])}{rest}")


def _name_dynamic(data: Any) -> str:
    name = data.get("name") if isinstance(data, Mapping) else None
    return str(name or "dynamic streams")
