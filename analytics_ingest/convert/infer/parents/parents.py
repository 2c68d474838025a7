"""Binds the placeholders of every resource: to a parent's row, or to a setting.

A resource has one parent. Where its path names ancestors too, their ids come from the parent's own
row, which inherits them by `include_from_parent`.
"""

import re

from analytics_ingest.common.json_tree import DROPPED, Path, map_leaves, map_strings
from analytics_ingest.convert.conversion_log import FROM_TEXT, NO_PARENT
from analytics_ingest.convert.draft import Draft, Json, build_parent_param, is_resolved
from analytics_ingest.convert.infer.declared_parents import (
    choose_parent,
    list_ancestors,
)
from analytics_ingest.convert.infer.matching import list_candidates
from analytics_ingest.convert.infer.parents.inherited_values import inherit_value
from analytics_ingest.convert.infer.parents.parent_fields import ParentFields, name_setting
from analytics_ingest.convert.infer.parents.placeholder_values import list_values
from analytics_ingest.convert.infer.parents.request_expressions import (
    bind_expressions,
    explain_unfilled,
    is_in_windows,
    list_placeholders,
    write_text,
)
from analytics_ingest.convert.infer.parents.setting_placeholders import (
    explain_likeness,
    list_sure_settings,
    log_unlike_placeholders,
)
from analytics_ingest.convert.normalize.placeholders import EXPRESSIONS, clean_path, list_names
from analytics_ingest.declaration.parents import INCREMENTAL_PLACEHOLDERS

_TEXTS = ("params", "headers", "json", "data")
_UNLISTED = "no other resource lists it"


def bind_placeholders(draft: Draft, parent_fields: ParentFields) -> None:
    """Bind every placeholder of every resource."""
    for resource in draft.resources:
        resource["endpoint"]["path"] = clean_path(resource["endpoint"]["path"])
    binder = _Binder(draft, parent_fields)
    for resource in draft.resources:
        binder.bind(resource["name"])
    log_unlike_placeholders(draft, binder.settings)


class _Binder:
    """Binds resources, parents before their children."""

    def __init__(self, draft: Draft, parent_fields: ParentFields) -> None:
        self._draft, self._parent_fields = draft, parent_fields
        self._log = draft.log
        self._resources = draft.by_name
        self._sure = list_sure_settings(draft)
        self.settings: dict[str, str] = {}
        """Placeholders of paths that have become settings, each with the last such resource."""
        self._begun: list[str] = []
        self._bound: set[str] = set()

    def bind(self, name: str) -> None:
        """Bind a resource, unless it is bound."""
        if name in self._bound or name in self._begun:
            return
        self._begun.append(name)
        endpoint = self._resources[name]["endpoint"]
        endpoint["params"] = {**(endpoint.get("params") or {})}
        parent = self._find_declared_parent(name, endpoint)
        list_values(self._draft, name)
        for placeholder in reversed(list_placeholders(endpoint["path"])):
            if placeholder.startswith(EXPRESSIONS) or self._is_bound(endpoint, placeholder):
                continue
            if reason := self._parent_fields.explain_setting(name, placeholder):
                self._make_setting(name, placeholder, reason)
            elif parent is None:
                parent = self._find(name, placeholder)
            else:
                parent = self._inherit(name, placeholder, parent)
        bind_expressions(self._resources[name])
        self._bind_texts(name, endpoint, parent)
        if not endpoint["params"]:
            del endpoint["params"]
        self._begun.remove(name)
        self._bound.add(name)

    def _is_bound(self, endpoint: Json, placeholder: str) -> bool:
        shared = self._draft.shared.get("params") or {}
        return placeholder in endpoint["params"] or placeholder in shared

    def _find_declared_parent(self, name: str, endpoint: Json) -> str | None:
        """Find the parent that the document names; a binding that cannot be is dropped."""
        declared: dict[str, Json] = {}
        for key, value in list(endpoint["params"].items()):
            if not is_resolved(value):
                continue
            resource = str(value.get("resource"))
            if not self._can_be_parent(resource, None):
                del endpoint["params"][key]
                reason = f"'{resource}' is not another resource, or is a child of it"
                self._log.leave_out(name, f"params.{key}", reason)
                continue
            self.bind(resource)
            value.setdefault("field", "id")
            declared[key] = value
        parent = choose_parent(self._draft, name, declared)
        for key in declared.keys() - {*list_placeholders(endpoint["path"])}:
            value = endpoint["params"][key]
            endpoint["params"][key] = f"{{resources.{value['resource']}.{value['field']}}}"
        return self._find_parent_in_expressions(name, endpoint, parent)

    def _find_parent_in_expressions(
        self, name: str, endpoint: Json, parent: str | None
    ) -> str | None:
        """Find the parent of `{resources.<parent>.<field>}`; a wrong one becomes a setting."""
        texts = {key: endpoint[key] for key in ("path", *_TEXTS) if endpoint.get(key)}
        for expression in dict.fromkeys(re.findall(r"\{(resources\.[^{}]+)\}", str(texts))):
            resource = expression.split(".")[1]
            if self._can_be_parent(resource, parent):
                self.bind(resource)
                parent = resource
                continue
            old, new = f"{{{expression}}}", f"{{{name_setting(expression)}}}"
            self._log.assume(name, f"{old} cannot be a parent, so it is a setting")
            for key in texts:
                endpoint[key] = map_strings(
                    endpoint[key], lambda text, old=old, new=new: text.replace(old, new)
                )
        return parent

    def _can_be_parent(self, name: str, parent: str | None) -> bool:
        return name in self._resources and name not in self._begun and parent in (None, name)

    def _find(self, name: str, placeholder: str) -> str | None:
        """Bind a placeholder to the likeliest parent, else make it a setting."""
        endpoint = self._resources[name]["endpoint"]
        candidates = list_candidates(placeholder, endpoint["path"], self._resources)
        likeness = explain_likeness(name, placeholder, candidates, self._sure)
        for parent, reason in candidates:
            if parent in self._begun or likeness:
                continue
            self.bind(parent)
            self._bind_to(name, placeholder, parent, reason)
            return parent
        self._make_setting(name, placeholder, likeness)
        return None

    def _bind_to(self, name: str, placeholder: str, parent: str, reason: str) -> None:
        """Bind a placeholder to a parent that the document does not name."""
        field = self._parent_fields.find(name, parent, placeholder)
        self._resources[name]["endpoint"]["params"][placeholder] = build_parent_param(parent, field)
        text = self._describe(placeholder, parent, field, reason)
        key = f"endpoint.params.{placeholder}"
        is_stated = self._parent_fields.parents.get(name) == parent
        comment = FROM_TEXT if is_stated else NO_PARENT
        self._log.assume(name, text, key=key, comment=comment)

    def _describe(self, placeholder: str, parent: str, field: str, reason: str) -> str:
        """Describe what fills a placeholder, and why."""
        is_known = self._parent_fields.is_known(parent, field)
        doubt = "" if is_known else ", though the document lists no such field there"
        return f"{{{placeholder}}} is each {field} of {parent}, {reason}{doubt}"

    def _inherit(self, name: str, placeholder: str, parent: str) -> str:
        """Bind a placeholder beside the parent's, and return the parent.

        Left of it, the parent's row inherits the id of its own parent; right of it, a child of the
        parent becomes the parent.
        """
        if inherit_value(self._draft, name, placeholder, parent):
            return parent
        endpoint = self._resources[name]["endpoint"]
        candidates = list_candidates(placeholder, endpoint["path"], self._resources)
        for nearer, reason in candidates:
            if not self._can_be_parent(nearer, None):
                continue
            self.bind(nearer)
            if parent in list_ancestors(self._draft, nearer):
                self._bind_to(name, placeholder, nearer, reason)
                resolved = {k: v for k, v in endpoint["params"].items() if is_resolved(v)}
                return choose_parent(self._draft, name, resolved) or nearer
        likeness = explain_likeness(name, placeholder, candidates, self._sure)
        if candidates and not likeness:
            endpoint["params"][placeholder] = build_parent_param(parent, placeholder)
            text = f"{{{placeholder}}} is the field {placeholder} of {parent}"
            key = f"endpoint.params.{placeholder}"
            self._log.assume(name, text, key=key, comment="the document does not say where from")
            return parent
        self._make_setting(name, placeholder, likeness)
        return parent

    def _make_setting(self, name: str, placeholder: str, reason: str | None) -> None:
        endpoint = self._resources[name]["endpoint"]
        setting = name_setting(placeholder)
        self.settings[placeholder] = name
        endpoint["path"] = endpoint["path"].replace(f"{{{placeholder}}}", f"{{{setting}}}")
        self._log.assume(name, f"{{{placeholder}}} is a setting: {reason or _UNLISTED}")

    def _bind_texts(self, name: str, endpoint: Json, parent: str | None) -> None:
        """Bind what query, headers and body hold of placeholders."""

        def bind(path: Path, leaf: object) -> object:
            if not isinstance(leaf, str):
                return leaf
            bound = self._bind_text(leaf, name, parent)
            if bound is None:
                reason = explain_unfilled(leaf, has_window=is_in_windows(self._draft, name))
                self._log.leave_out(name, ".".join(path), reason)
                return DROPPED
            return bound

        for key in [key for key in _TEXTS if endpoint.get(key)]:
            bound = map_leaves(endpoint[key], bind, (key,))
            if bound is DROPPED:
                del endpoint[key]
            else:
                endpoint[key] = bound

    def _bind_text(self, text: str, name: str, parent: str | None) -> str | None:
        """Return a text with its placeholders bound; None where one of them cannot be."""
        bound = write_text(text, self._resources[name], has_window=is_in_windows(self._draft, name))
        for placeholder in list_names(bound or ""):
            new = self._build_binding(placeholder, name, parent)
            if new is None:
                return None
            bound = (bound or "").replace(f"{{{placeholder}}}", f"{{{new}}}")
        return bound

    def _build_binding(self, placeholder: str, name: str, parent: str | None) -> str | None:
        """Return what fills a placeholder outside of the path; None where nothing can."""
        endpoint = self._resources[name]["endpoint"]
        value = endpoint["params"].get(placeholder)
        kind = value.get("type") if isinstance(value, dict) else None
        if placeholder.startswith("incremental."):
            is_known = placeholder in INCREMENTAL_PLACEHOLDERS
            return placeholder if is_known and is_in_windows(self._draft, name) else None
        if placeholder.startswith(EXPRESSIONS) or kind in ("each", "fields"):
            return placeholder
        if kind == "resolve" and isinstance(value, dict):
            return f"resources.{value['resource']}.{value['field']}"
        if self._parent_fields.explain_setting(name, placeholder):
            return name_setting(placeholder)
        candidates = list_candidates(placeholder, endpoint["path"], self._resources)
        for candidate, reason in candidates:
            if self._can_be_parent(candidate, parent):
                self.bind(candidate)
                field = self._parent_fields.find_key(candidate)
                self._log.assume(name, self._describe(placeholder, candidate, field, reason))
                return f"resources.{candidate}.{field}"
        return name_setting(placeholder)
