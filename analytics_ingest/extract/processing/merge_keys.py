"""The key by which the rows of a page's chunks belong together.

It is the key of the row as it is loaded. Where processing steps may change it, they are applied to
a copy of the row; a row that they would filter out has a key as well.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from analytics_ingest.declaration.models.processing import ProcessingStep
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.validation.field_list_checks import list_merge_keys
from analytics_ingest.extract.processing import paths
from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.settings import SettingValues


class MergeKeys:
    """Reads the keys of rows.

    Raises:
        SettingError: A setting that an expression needs is missing; see `SettingValues.check`.
    """

    def __init__(self, resource: ResourceDeclaration, settings: SettingValues) -> None:
        self.names = list_merge_keys(resource)
        steps = [step for step in resource.declared.processing_steps if not step.filter]
        own = {*self.names, *(name.partition(".")[0] for name in self.names)}
        # Later steps may need fields of other chunks.
        needed = max((n for n, step in enumerate(steps, 1) if _may_change(step, own)), default=0)
        declared = resource.declared.model_copy(update={"processing_steps": steps[:needed]})
        self._steps = RowSteps(replace(resource, declared=declared), settings)

    def read(self, row: Any, variables: Mapping[str, Any]) -> str | None:
        """Read the key of a row; None if the row lacks a part of it.

        Args:
            variables: What expressions may read of the listing.
        """
        if not isinstance(row, dict):
            return None
        (loaded,) = self._steps.apply([row], variables)
        values = [_read_value(loaded, name) for name in self.names]
        return None if None in values else repr([_spell(value) for value in values])


def _read_value(row: dict[str, Any], name: str) -> Any:
    value = row[name] if name in row else paths.get(row, name.split("."))
    return None if value is paths.MISSING else value


def _spell(value: Any) -> str:
    """Spell a part of a key: a number may be a text in another chunk."""
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value)


def _may_change(step: ProcessingStep, names: Collection[str]) -> bool:
    """Return whether a step may change a field, or one within it."""
    if step.keys or step.keys_replace or step.flatten or step.flatten_path:
        return True
    changed = [*step.add, *step.rename, *step.rename.values(), *step.remove]
    return any(path.partition(".")[0] in names or "*" in path for path in changed)


def build_merge_keys(resource: ResourceDeclaration, settings: SettingValues) -> MergeKeys | None:
    """Return what reads the keys of a resource; None if it requests no fields in chunks."""
    is_chunked = resource.field_list is not None and resource.field_list.is_chunked
    return MergeKeys(resource, settings) if is_chunked else None
