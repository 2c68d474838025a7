"""Declares a document's one list of fields for all resources, where none has a list of its own."""

from collections.abc import Collection, Mapping

from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.fields.general_fields import read_general_fields
from analytics_ingest.convert.prose.text.passages import Prose

_SHOWN = 6
"""Names of a line of the report."""


def take_general_fields(
    draft: Draft, prose: Prose, fields: Mapping[str, Fields], declared: Collection[str]
) -> dict[str, dict[str, str]]:
    """Return the types of fields that a list gives no resource by name, for each; log whose.

    Args:
        fields: Those that the prose gives each resource.
        declared: The resources with fields in the schema file.
    """
    general = read_general_fields(prose) if draft.only_name is None else {}
    known = {name for of_resource in fields.values() for name in of_resource.types}
    listed = dict.fromkeys(name for of_resource in general.values() for name in of_resource.types)
    names = [name for name in listed if name not in known]
    if not names:
        return {}
    shown = abbreviate(names, most=_SHOWN)
    if declared:
        reason = f"the text lists fields of no resource by name ({shown}), which are not declared"
        draft.log.assume(None, f"{reason}: add them to schema.yaml where rows have them")
        return {}
    reason = f"the fields that the text lists of no resource by name ({shown}) are declared"
    draft.log.assume(None, f"{reason} for all: remove them from schema.yaml where rows differ")
    return {name: of_resource.types for name, of_resource in general.items()}
