"""Binds the placeholders of every resource: to a parent's row, or to a setting.

A resource has one parent. Where its path names ancestors too, their ids come from the parent's own
row, which inherits them by `include_from_parent`.
"""

import re
from collections.abc import Mapping

from analytics_ingest.common.json_tree import DROPPED, Path, map_leaves, map_strings
from analytics_ingest.convert.draft import Draft, Json, build_parent_param
from analytics_ingest.convert.infer.matching import list_candidates, split_path
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.placeholders import (
    EXPRESSIONS,
    clean_path,
    clean_text,
    list_names,
)
from analytics_ingest.convert.prose.fields import Fields
from analytics_ingest.convert.python.values import to_setting_name
from analytics_ingest.declaration.parents import INCREMENTAL_PLACEHOLDERS

_TEXTS = ("params", "headers", "json", "data")


def bind_placeholders(draft: Draft, fields: Mapping[str, Fields]) -> None:
    """Bind every placeholder of every resource."""
    for resource in draft.resources:
        resource["endpoint"]["path"] = clean_path(resource["endpoint"]["path"])
    binder = _Binder(draft, fields)
    for resource in draft.resources:
        binder.bind(resource["name"])


class _Binder:
    """Binds resources, parents before their children."""

    def __init__(self, draft: Draft, fields: Mapping[str, Fields]) -> None:
        self._draft, self._fields = draft, fields
        self._log = draft.log
        self._resources = draft.by_name
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
        self._list_values(name, endpoint)
        for placeholder in reversed(list_names(endpoint["path"])):
            if placeholder.startswith(EXPRESSIONS) or self._is_bound(endpoint, placeholder):
                continue
            if parent is None:
                parent = self._find(name, placeholder)
            else:
                self._inherit(name, placeholder, parent)
        self._bind_texts(name, endpoint, parent)
        if not endpoint["params"]:
            del endpoint["params"]
        self._begun.remove(name)
        self._bound.add(name)

    def _list_values(self, name: str, endpoint: Json) -> None:
        """Request a path for each of the values that a parameter lists for a placeholder of it."""
        for placeholder in list_names(endpoint["path"]):
            values = endpoint["params"].get(placeholder)
            is_setting = values in (f"{{settings.{placeholder}s}}", f"{{settings.{placeholder}es}}")
            if is_setting or (isinstance(values, list) and values):
                endpoint["params"][placeholder] = {"type": "each", "values": values}
                self._log.assume(name, f"{{{placeholder}}} is each of the listed values")

    def _is_bound(self, endpoint: Json, placeholder: str) -> bool:
        shared = self._draft.shared.get("params") or {}
        return placeholder in endpoint["params"] or placeholder in shared

    def _find_declared_parent(self, name: str, endpoint: Json) -> str | None:
        """Find the parent that the document names; a binding that cannot be is dropped."""
        parent: str | None = None
        for key, value in list(endpoint["params"].items()):
            if not isinstance(value, dict) or value.get("type") != "resolve":
                continue
            resource = str(value.get("resource"))
            if not self._can_be_parent(resource, parent):
                del endpoint["params"][key]
                self._log.leave_out(
                    name,
                    f"params.{key}",
                    f"'{resource}' is not another resource, or is a second parent or a child",
                )
                continue
            self.bind(resource)
            parent = resource
            value.setdefault("field", "id")
            if f"{{{key}}}" not in endpoint["path"]:
                endpoint["params"][key] = f"{{resources.{resource}.{value['field']}}}"
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
            old, new = f"{{{expression}}}", f"{{{_name_setting(expression)}}}"
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
        for parent, reason in list_candidates(placeholder, endpoint["path"], self._resources):
            if parent in self._begun:
                continue
            self.bind(parent)
            field = self._find_field(parent, placeholder)
            endpoint["params"][placeholder] = build_parent_param(parent, field)
            text = f"{{{placeholder}}} is each {field} of {parent}, {reason}"
            key = f"endpoint.params.{placeholder}"
            self._log.assume(name, text, key=key, comment="the document leaves the parent open")
            return parent
        self._make_setting(name, placeholder)
        return None

    def _inherit(self, name: str, placeholder: str, parent: str) -> None:
        """Bind a placeholder left of the parent's: its row inherits the id of its own parent."""
        endpoint, above = (self._resources[n]["endpoint"] for n in (name, parent))
        same = _find_same_place(endpoint["path"], placeholder, above["path"])
        if same is not None and same.startswith(EXPRESSIONS):
            endpoint["path"] = endpoint["path"].replace(f"{{{placeholder}}}", f"{{{same}}}")
            return
        binding = (above.get("params") or {}).get(same) if same else None
        if isinstance(binding, dict) and binding.get("type") == "resolve":
            included = self._resources[parent].setdefault("include_from_parent", [])
            if binding["field"] not in included:
                included.append(binding["field"])
            field = f"_{binding['resource']}_{binding['field']}"
            endpoint["params"][placeholder] = build_parent_param(parent, field)
            return
        if binding is not None and not isinstance(binding, dict):
            endpoint["params"][placeholder] = binding
            return
        if list_candidates(placeholder, endpoint["path"], self._resources):
            endpoint["params"][placeholder] = build_parent_param(parent, placeholder)
            text = f"{{{placeholder}}} is the field {placeholder} of {parent}"
            key = f"endpoint.params.{placeholder}"
            self._log.assume(name, text, key=key, comment="the document does not say where from")
            return
        self._make_setting(name, placeholder)

    def _make_setting(self, name: str, placeholder: str) -> None:
        endpoint = self._resources[name]["endpoint"]
        setting = _name_setting(placeholder)
        endpoint["path"] = endpoint["path"].replace(f"{{{placeholder}}}", f"{{{setting}}}")
        text = f"{{{placeholder}}} is a setting: no other resource lists it"
        self._log.assume(name, text)

    def _bind_texts(self, name: str, endpoint: Json, parent: str | None) -> None:
        """Bind what query, headers and body hold of placeholders."""

        def bind(path: Path, leaf: object) -> object:
            if not isinstance(leaf, str):
                return leaf
            bound = self._bind_text(leaf, name, parent)
            if bound is None:
                reason = "its expression cannot be evaluated"
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
        bound = clean_text(text)
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
            return placeholder if is_known and self._has_window(name) else None
        if placeholder.startswith(EXPRESSIONS) or kind in ("each", "fields"):
            return placeholder
        if kind == "resolve" and isinstance(value, dict):
            return f"resources.{value['resource']}.{value['field']}"
        for candidate, _ in list_candidates(placeholder, endpoint["path"], self._resources):
            if self._can_be_parent(candidate, parent):
                self.bind(candidate)
                return f"resources.{candidate}.{self._find_key(candidate)}"
        return _name_setting(placeholder)

    def _has_window(self, name: str) -> bool:
        """Return whether a resource is merged, within windows."""
        resource = self._resources[name]
        is_snapshot = resource["endpoint"].get("incremental", {}) is None
        return bool(self._draft.find_key(resource)) and not is_snapshot

    def _find_field(self, parent: str, placeholder: str) -> str:
        """Find the field of a parent that fills a placeholder: that of its name, else the key."""
        names = self._draft.list_key_fields(self._resources[parent])
        known = self._fields.get(parent, Fields()).types
        return placeholder if placeholder in (*names, *known) else self._find_key(parent)

    def _find_key(self, parent: str) -> str:
        key = self._draft.find_key(self._resources[parent])
        return key if isinstance(key, str) else "id"


def _find_same_place(path: str, placeholder: str, parents_path: str) -> str | None:
    """Find the placeholder of the parent's path in the same place as this one in the child's."""
    names = list_names(parents_path)
    if placeholder in names:
        return placeholder
    above, below = split_path(parents_path), split_path(path)
    number = list_names(path).index(placeholder)
    return names[number] if below[: len(above)] == above and number < len(names) else None


def _name_setting(placeholder: str) -> str:
    return f"settings.{to_setting_name(to_valid_name(placeholder) or placeholder)}"
