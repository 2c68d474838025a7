"""Fills a placeholder with what fills it in the path of the parent.

/courses/{course_id}/works/{work_id}/marks     course_id is that of /courses/{course_id}/works
"""

from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import NO_PARENT
from analytics_ingest.convert.draft import Draft, build_parent_param, is_resolved
from analytics_ingest.convert.infer.declared_parents import has_line, include_field
from analytics_ingest.convert.infer.matching import find_same_place
from analytics_ingest.convert.infer.parents.parent_fields import name_setting
from analytics_ingest.convert.normalize.placeholders import EXPRESSIONS


def inherit_value(draft: Draft, name: str, placeholder: str, parent: str) -> bool:
    """Fill a placeholder as in the parent's path, where the parent has it, and log with what.

    Returns:
        Whether it is filled.
    """
    endpoint, above = (draft.by_name[each]["endpoint"] for each in (name, parent))
    same = find_same_place(endpoint["path"], placeholder, above["path"])
    if same is not None and same.startswith(EXPRESSIONS):
        endpoint["path"] = endpoint["path"].replace(f"{{{placeholder}}}", f"{{{same}}}")
        if same != name_setting(placeholder):
            _log(draft, name, placeholder, parent, f"{{{same}}}")
        return True
    binding = (above.get("params") or {}).get(same) if same else None
    if is_resolved(binding) and has_line(draft, parent, {binding["resource"]}):
        field = include_field(draft, parent, binding["resource"], binding["field"])
        endpoint["params"][placeholder] = build_parent_param(parent, field)
        what = f"the {binding['field']} of {binding['resource']}, kept in its rows as {field}"
    elif binding is not None and not isinstance(binding, Mapping):
        endpoint["params"][placeholder] = binding
        what = str(binding)
    else:
        return False
    _log(draft, name, placeholder, parent, what)
    return True


def _log(draft: Draft, name: str, placeholder: str, parent: str, what: str) -> None:
    text = f"{{{placeholder}}} is that of its parent {parent}: {what}"
    key = f"endpoint.params.{placeholder}"
    draft.log.assume(name, text, key=key, comment=NO_PARENT)
