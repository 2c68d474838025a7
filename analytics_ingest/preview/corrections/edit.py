"""Writes corrections into the YAML of an API; its comments, its order and its spelling stay.

A correction goes to its resource, or to `resource_defaults` if all resources share it. Fields go to
`schema.yaml`, unless the resource itself declares its fields.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.folder import DEFS_FILE, read_folder
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.preview.corrections.correction import REMOVED, Correction
from analytics_ingest.preview.corrections.yaml_text import (
    build_editor,
    copy_unshared,
    is_shared,
    quote,
    replace_file,
)

_OF_FIELDS = ("fields", "required")
_AIRBYTES = {"incremental": "incremental_sync"}
"""Blocks that may be written in Airbyte's form, which is not corrected."""


class DeclarationText:
    """The text of an API's files, which is corrected and read again before it is written."""

    def __init__(self, folder: Path) -> None:
        """Read the files.

        Raises:
            DeclarationError: A file cannot be edited.
        """
        self._folder = folder
        self.texts = _read(folder)
        self._as_read = dict(self.texts)
        for name in self.texts:
            self._load(name)

    def resolve(self) -> ApiDeclaration:
        """Read the text as it is now.

        Raises:
            DeclarationError: It holds a mistake.
        """
        with TemporaryDirectory() as temporary:
            folder = Path(temporary) / self._folder.name
            folder.mkdir()
            for name, text in self.texts.items():
                (folder / name).write_bytes(text.encode())
            return read_folder(folder)

    def write(self) -> None:
        """Write what was corrected into the API's folder, each file whole or not at all.

        Raises:
            DeclarationError: Somebody has changed the files since they were read.
        """
        for name, text in _read(self._folder).items():
            if text != self._as_read.get(name):
                problem = "was changed meanwhile, so nothing is corrected; run try --fix again"
                raise Place(self._folder.name).build_error(name, problem)
        for name, text in self.texts.items():
            if text != self._as_read.get(name):
                replace_file((self._folder / name).resolve(), text)

    def apply(
        self, declaration: ApiDeclaration, corrections: Sequence[Correction]
    ) -> list[Correction]:
        """Correct the text, except keys in Airbyte's form; returns what was corrected.

        Args:
            declaration: That of the text as it is now.
        """
        resources = declaration.resources
        defs, schema = self._load(DEFS_FILE), self._load(SCHEMA_FILE)
        attributes, made = defs["attributes"], list[Correction]()
        is_in_schema = any(_is_of_schema(resources[c.resource], c) for c in corrections)
        for shared in _group_same(corrections):
            if all(_is_of_schema(resources[c.resource], c) for c in shared):
                for c in shared:
                    _set_field(_add_child(schema, c.resource), c)
            elif len(shared) == len(resources) > 1 and not _is_own(attributes, shared[0].key):
                defaults = _add_child(attributes, "resource_defaults")
                _set(defaults, shared[0], resources[shared[0].resource])
            else:
                for c in shared:
                    if not _is_in_airbytes_form(attributes, c):
                        entry = _add_own_entry(attributes, c.resource, c.key)
                        _set(entry, c, resources[c.resource])
                        made.append(c)
                continue
            made += shared
        if any(not _is_of_schema(resources[c.resource], c) for c in made):
            self._dump(DEFS_FILE, defs)
        if is_in_schema:
            self._dump(SCHEMA_FILE, schema)
        return made

    def _load(self, name: str) -> Any:
        text = self.texts.get(name, "").replace("\r\n", "\n")
        try:
            return build_editor(text).load(text) or {}
        except YAMLError as error:
            problem = f"cannot be edited: {' '.join(str(error).split())}"
            raise Place(self._folder.name).build_error(name, problem) from None

    def _dump(self, name: str, document: Any) -> None:
        before, stream = self.texts.get(name, ""), StringIO()
        build_editor(before.replace("\r\n", "\n")).dump(document, stream)
        text = stream.getvalue()
        self.texts[name] = text.replace("\n", "\r\n") if "\r\n" in before else text


def _read(folder: Path) -> dict[str, str]:
    files = (folder / DEFS_FILE, folder / SCHEMA_FILE)
    # With their line ends, which reading as text would lose.
    return {file.name: file.read_bytes().decode("utf-8-sig") for file in files if file.exists()}


def _group_same(corrections: Sequence[Correction]) -> Iterator[list[Correction]]:
    """Yield corrections of the same key to the same value, of one resource or of several."""
    groups: defaultdict[str, list[Correction]] = defaultdict(list)
    for correction in corrections:
        groups[repr((correction.key, correction.value))].append(correction)
    yield from groups.values()


def _is_of_schema(resource: ResourceDeclaration, correction: Correction) -> bool:
    key = correction.key[0]
    return key in _OF_FIELDS and not getattr(resource.declared, key)


def _is_own(attributes: Any, key: Sequence[str]) -> bool:
    """Return whether a resource has a block or value of its own, which outweighs the defaults."""
    own = [r for r in attributes["resources"] if isinstance(r, Mapping)]
    if key[0] != "endpoint":
        return any(key[0] in entry for entry in own)
    endpoints = [entry.get("endpoint") for entry in own]
    return any(isinstance(e, Mapping) and key[1] in e for e in endpoints)


def _is_in_airbytes_form(attributes: Any, correction: Correction) -> bool:
    other = _AIRBYTES.get(correction.key[1]) if len(correction.key) > 1 else None
    entry = _expand_entry(attributes, correction.resource)
    defaults = attributes.get("resource_defaults") or {}
    blocks = [entry, entry.get("endpoint"), defaults, defaults.get("endpoint")]
    return any(isinstance(block, Mapping) and other in block for block in blocks)


def _expand_entry(attributes: Any, resource: str) -> Any:
    """Return the entry of a resource; a bare path becomes an object."""
    entries = attributes["resources"]
    for number, entry in enumerate(entries):
        if entry == resource:
            entries[number] = own = CommentedMap(name=resource, endpoint={"path": resource})
            if comment := entries.ca.items.pop(number, None):
                own.ca.items["name"] = [None, None, comment[0], None]
        if entry == resource or (isinstance(entry, Mapping) and entry.get("name") == resource):
            return entries[number]
    raise KeyError(resource)


def _add_own_entry(attributes: Any, resource: str, key: Sequence[str]) -> Any:
    """Return the entry of a resource, which shares none of the blocks above a key."""
    entries, entry = attributes["resources"], _expand_entry(attributes, resource)
    is_copied = is_shared(entry)
    if is_copied:
        number = next(n for n, other in enumerate(entries) if other is entry)
        entry = entries[number] = copy_unshared(entry)
    block = entry
    for name in key[:-1]:
        inner = block.get(name)
        if not isinstance(inner, CommentedMap):
            break
        is_copied = is_copied or bool(getattr(block, "merge", None)) or is_shared(inner)
        if is_copied:
            block[name] = copy_unshared(inner)
        block = block[name]
    return entry


def _set(entry: Any, correction: Correction, resource: ResourceDeclaration) -> None:
    """Set a key of a resource or of the defaults; a missing block begins as it is resolved."""
    *above, last = correction.key
    for key in above:
        if not isinstance(entry.get(key), Mapping):
            entry[key] = _resolve(entry.get(key), key, resource)
        entry = entry[key]
    if correction.value is REMOVED:
        entry.pop(last, None)
    else:
        entry[last] = quote(correction.value)


def _resolve(declared: Any, key: str, resource: ResourceDeclaration) -> dict[str, Any]:
    """Resolve a block as it holds for a resource: its own short form, or that of the defaults."""
    if key == "endpoint":
        return {"path": declared} if isinstance(declared, str) else {}
    block = getattr(resource.endpoint, key)
    return dict(block.dump_declared()) if block else {}


def _set_field(entry: Any, correction: Correction) -> None:
    """Set the type of a field, or the list of required ones, in the schema file."""
    if correction.key[0] == "required":
        for field in [name for name in entry["required"] if name not in correction.value]:
            entry["required"].remove(field)
        return
    fields, name = _add_child(entry, "fields"), correction.key[1]
    if isinstance(fields.get(name), Mapping):
        fields[name]["type"] = correction.value
    else:
        fields[name] = correction.value


def _add_child(parent: Any, key: str) -> Any:
    if parent.get(key) is None:
        parent[key] = {}
    return parent[key]
