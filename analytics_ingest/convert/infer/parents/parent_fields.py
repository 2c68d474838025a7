"""Finds what fills a placeholder: a field of the parent's rows, or a setting."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.matching import read_stem
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.placeholders import list_names
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.requests.path_values import SETTING, PathValue, PathValues
from analytics_ingest.convert.python.values import to_setting_name


@dataclass(frozen=True)
class ParentFields:
    """The fields of all resources that may be parents."""

    draft: Draft
    fields: Mapping[str, Fields]
    stated: PathValues
    """What the prose says."""
    parents: Mapping[str, str]
    """Child → the parent that a label names."""

    def explain_setting(self, name: str, placeholder: str) -> str | None:
        """Say why a setting fills a placeholder of a resource; None unless the prose says so.

        What is a setting for one resource is one for all of which nothing else is said.
        """
        if value := self._find_stated(name, placeholder):
            return "the prose says so" if value.field == SETTING else None
        others = [
            str(other)
            for (other, placed), value in self.stated.items()
            if placed == placeholder and value.field == SETTING
        ]
        return f"as for {others[0]}, of which the prose says so" if others else None

    def find(self, name: str, parent: str, placeholder: str) -> str:
        """Find the field of the prose, or that of the placeholder's name, else the key.

        Args:
            name: The child.
        """
        value = self._find_stated(name, placeholder)
        stated = value.field if value and value.parent in (None, parent) else None
        known = self.fields.get(parent, Fields()).names
        keys = self.draft.list_key_fields(self.draft.by_name[parent])
        if stated and (not known or stated in (*known, *keys)):
            return stated
        stem = read_stem(placeholder)
        end = to_valid_name(placeholder).removeprefix(f"{stem}_") if stem else ""
        likely = [each for each in (placeholder, end) if each in (*keys, *known)]
        return likely[0] if likely else self.find_key(parent)

    def find_key(self, parent: str) -> str:
        """Return the primary key of a parent without what its path holds; `id` if that is not one.

        The other fields of the key are then those of its own parents.
        """
        resource = self.draft.by_name[parent]
        placed = list_names(str(resource["endpoint"].get("path")))
        own = [key for key in self.draft.list_key_fields(resource) if key not in placed]
        return own[0] if len(own) == 1 else "id"

    def is_known(self, parent: str, field: str) -> bool:
        """Return whether a parent's rows have a field, unless the document lists none."""
        known = self.fields.get(parent, Fields()).names
        return not known or field in known

    def _find_stated(self, name: str, placeholder: str) -> PathValue | None:
        return self.stated.get((name, placeholder), self.stated.get((None, placeholder)))


def name_setting(placeholder: str) -> str:
    """Name the setting that fills a placeholder."""
    return f"settings.{to_setting_name(to_valid_name(placeholder) or placeholder)}"
