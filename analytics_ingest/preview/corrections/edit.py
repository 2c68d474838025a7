"""Writes corrections into the YAML of an API; its comments, its order and its spelling stay.

A correction goes to its resource, or to `resource_defaults` if all resources share it. Fields go to
`schema.yaml`, unless the resource itself declares its fields.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import DEFS_FILE, read_folder
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.declaration.schema_text import scalar
from analytics_ingest.preview.corrections.correction import REMOVED, Correction

_OF_FIELDS = ("fields", "required")
_AIRBYTES = {"incremental": "incremental_sync"}
"""Blocks that may be written in Airbyte's form, which is not corrected."""
_WIDE = 10_000


def _represent_null(representer: RoundTripRepresenter, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


class _Representer(RoundTripRepresenter):
    """Writes null by its name, where ruamel writes nothing."""

    yaml_representers: ClassVar[Any] = {
        **RoundTripRepresenter.yaml_representers,
        type(None): _represent_null,
    }


class DeclarationText:
    """The text of an API's files, which is corrected and read again before it is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        files = (folder / DEFS_FILE, folder / SCHEMA_FILE)
        self.texts = {f.name: f.read_text(encoding="utf-8") for f in files if f.exists()}

    def resolve(self) -> ApiDeclaration:
        """Read the text as it is now.

        Raises:
            DeclarationError: It holds a mistake.
        """
        with TemporaryDirectory() as temporary:
            folder = Path(temporary) / self._folder.name
            folder.mkdir()
            self._write(folder)
            return read_folder(folder)

    def write(self) -> None:
        """Write the text into the API's folder."""
        self._write(self._folder)

    def apply(
        self, declaration: ApiDeclaration, corrections: Sequence[Correction]
    ) -> list[Correction]:
        """Correct the text; returns what was corrected, all but what is in Airbyte's form.

        Args:
            declaration: That of the text as it is now.
        """
        resources = declaration.resources
        defs, schema = self._load(DEFS_FILE), self._load(SCHEMA_FILE)
        attributes, made = defs["attributes"], list[Correction]()
        for shared in _same(corrections):
            if all(_is_of_schema(resources[c.resource], c) for c in shared):
                for c in shared:
                    _set_field(_child(schema, c.resource), c)
            elif len(shared) == len(resources) > 1 and not _is_own(attributes, shared[0].key):
                defaults = _child(attributes, "resource_defaults")
                _set(defaults, shared[0], resources[shared[0].resource])
            else:
                for c in shared:
                    if not _is_in_airbytes_form(attributes, c):
                        _set(_entry(attributes, c.resource), c, resources[c.resource])
                        made.append(c)
                continue
            made += shared
        self._dump(DEFS_FILE, defs)
        if schema:
            self._dump(SCHEMA_FILE, schema)
        return made

    def _load(self, name: str) -> Any:
        return _yaml(self.texts[name]).load(self.texts[name]) if name in self.texts else {}

    def _dump(self, name: str, document: Any) -> None:
        stream = StringIO()
        _yaml(self.texts.get(name, "")).dump(document, stream)
        self.texts[name] = stream.getvalue()

    def _write(self, folder: Path) -> None:
        for name, text in self.texts.items():
            (folder / name).write_text(text, encoding="utf-8")


def _yaml(text: str) -> YAML:
    """What reads a text, and writes it in the same layout."""
    editor = YAML()
    editor.Representer = _Representer
    _, indent, offset = load_yaml_guess_indent(text)
    editor.indent(mapping=2, sequence=indent or 4, offset=2 if offset is None else offset)
    editor.preserve_quotes, editor.width = True, _WIDE
    return editor


def _quoted(value: Any) -> Any:
    """A value with its texts in quotes where YAML would read something else."""
    if isinstance(value, Mapping):
        return {key: _quoted(item) for key, item in value.items()}
    if isinstance(value, str) and scalar(value) != value:
        return DoubleQuotedScalarString(value)
    return value


def _same(corrections: Sequence[Correction]) -> Iterator[list[Correction]]:
    """Corrections of the same key to the same value, of one resource or of several."""
    groups: defaultdict[str, list[Correction]] = defaultdict(list)
    for correction in corrections:
        groups[repr((correction.key, correction.value))].append(correction)
    yield from groups.values()


def _is_of_schema(resource: ResourceDeclaration, correction: Correction) -> bool:
    return correction.key[0] in _OF_FIELDS and not resource.declared.fields


def _is_own(attributes: Any, key: Sequence[str]) -> bool:
    """Whether a resource has a block or a value of its own, which would win over the defaults."""
    own = [r for r in attributes["resources"] if isinstance(r, Mapping)]
    if key[0] != "endpoint":
        return any(key[0] in entry for entry in own)
    endpoints = [entry.get("endpoint") for entry in own]
    return any(isinstance(e, Mapping) and key[1] in e for e in endpoints)


def _is_in_airbytes_form(attributes: Any, correction: Correction) -> bool:
    other = _AIRBYTES.get(correction.key[1]) if len(correction.key) > 1 else None
    entry = _entry(attributes, correction.resource)
    defaults = attributes.get("resource_defaults") or {}
    blocks = [entry, entry.get("endpoint"), defaults, defaults.get("endpoint")]
    return any(isinstance(block, Mapping) and other in block for block in blocks)


def _entry(attributes: Any, resource: str) -> Any:
    """The entry of a resource; a bare path becomes an object."""
    entries = attributes["resources"]
    for number, entry in enumerate(entries):
        if entry == resource:
            entries[number] = {"name": resource, "endpoint": {"path": resource}}
        if entry == resource or (isinstance(entry, Mapping) and entry.get("name") == resource):
            return entries[number]
    raise KeyError(resource)


def _set(entry: Any, correction: Correction, resource: ResourceDeclaration) -> None:
    """Set a key of a resource or of the defaults; a missing block begins as it is resolved."""
    *above, last = correction.key
    for key in above:
        if not isinstance(entry.get(key), Mapping):
            entry[key] = _resolved(entry.get(key), key, resource)
        entry = entry[key]
    if correction.value is REMOVED:
        entry.pop(last, None)
    else:
        entry[last] = _quoted(correction.value)


def _resolved(declared: Any, key: str, resource: ResourceDeclaration) -> dict[str, Any]:
    """A block as it holds for a resource: its own short form, or that of the defaults."""
    if key == "endpoint":
        return {"path": declared} if isinstance(declared, str) else {}
    block = getattr(resource.endpoint, key)
    return dict(block.declared()) if block else {}


def _set_field(entry: Any, correction: Correction) -> None:
    """Set the type of a field, or the list of required ones, in the schema file."""
    if correction.key[0] == "required":
        for field in [name for name in entry["required"] if name not in correction.value]:
            entry["required"].remove(field)
        return
    fields, name = _child(entry, "fields"), correction.key[1]
    if isinstance(fields.get(name), Mapping):
        fields[name]["type"] = correction.value
    else:
        fields[name] = correction.value


def _child(parent: Any, key: str) -> Any:
    if parent.get(key) is None:
        parent[key] = {}
    return parent[key]
