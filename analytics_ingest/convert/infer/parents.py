"""Binds the placeholders of every resource: to a parent's row, or to a setting.

A resource has one parent. Where its path names ancestors too, their ids come from the parent's own
row, which inherits them by `include_from_parent`.
"""

import re
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.infer.matching import candidates, segments
from analytics_ingest.convert.normalize.names import valid_name
from analytics_ingest.convert.normalize.placeholders import (
    EXPRESSIONS,
    clean_path,
    clean_text,
    each_text,
    names_in,
)
from analytics_ingest.convert.python.values import setting_name
from analytics_ingest.declaration.parents import INCREMENTAL_PLACEHOLDERS

_TEXTS = ("params", "headers", "json", "data")

Json = dict[str, Any]


def with_parents(api: Json, notes: ConversionLog) -> Json:
    """The configuration with every placeholder bound."""
    defaults = api.get("resource_defaults", {})
    resources = {
        resource["name"]: {**resource, "endpoint": {**resource["endpoint"]}}
        for resource in api["resources"]
    }
    for resource in resources.values():
        resource["endpoint"]["path"] = clean_path(resource["endpoint"]["path"])
    binder = _Binder(resources, defaults, notes)
    for name in resources:
        binder.bind(name)
    return {**api, "resources": list(resources.values())}


class _Binder:
    """Binds resources, parents before their children."""

    def __init__(self, resources: dict[str, Json], defaults: Json, notes: ConversionLog) -> None:
        self._resources = resources
        self._shared = defaults.get("endpoint", {}).get("params") or {}
        self._default_key = defaults.get("primary_key")
        self._notes = notes
        self._begun: list[str] = []
        self._bound: set[str] = set()

    def bind(self, name: str) -> None:
        """Bind a resource, unless it is bound."""
        if name in self._bound or name in self._begun:
            return
        self._begun.append(name)
        endpoint = self._resources[name]["endpoint"]
        endpoint["params"] = {**(endpoint.get("params") or {})}
        parent = self._declared_parent(name, endpoint)
        for placeholder in reversed(names_in(endpoint["path"])):
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

    def _is_bound(self, endpoint: Json, placeholder: str) -> bool:
        return placeholder in endpoint["params"] or placeholder in self._shared

    def _declared_parent(self, name: str, endpoint: Json) -> str | None:
        """The parent that the document names; a binding that cannot be is dropped."""
        parent: str | None = None
        for key, value in list(endpoint["params"].items()):
            if not isinstance(value, dict) or value.get("type") != "resolve":
                continue
            found = str(value.get("resource"))
            if not self._can_be_parent(found, parent):
                del endpoint["params"][key]
                told = f"'{found}' is no other resource, or a second parent, or a child of this one"
                self._notes.leave_out(name, f"params.{key}", told)
                continue
            self.bind(found)
            parent = found
            value.setdefault("field", "id")
            if f"{{{key}}}" not in endpoint["path"]:
                endpoint["params"][key] = f"{{resources.{found}.{value['field']}}}"
        return self._parent_in_expressions(name, endpoint, parent)

    def _parent_in_expressions(self, name: str, endpoint: Json, parent: str | None) -> str | None:
        """The parent of `{resources.<parent>.<field>}`; one that cannot be becomes a setting."""
        written = {key: endpoint[key] for key in ("path", *_TEXTS) if endpoint.get(key)}
        for expression in dict.fromkeys(re.findall(r"\{(resources\.[^{}]+)\}", str(written))):
            found = expression.split(".")[1]
            if self._can_be_parent(found, parent):
                self.bind(found)
                parent = found
                continue
            setting = f"{{settings.{setting_name(valid_name(expression))}}}"
            self._notes.assume(name, f"{{{expression}}} cannot be a parent, so it is a setting")
            for key in written:
                endpoint[key] = each_text(
                    endpoint[key],
                    lambda text, old=f"{{{expression}}}", new=setting: text.replace(old, new),
                )
        return parent

    def _can_be_parent(self, found: str, parent: str | None) -> bool:
        return found in self._resources and found not in self._begun and parent in (None, found)

    def _find(self, name: str, placeholder: str) -> str | None:
        """Bind a placeholder to the likeliest parent, else make it a setting."""
        endpoint = self._resources[name]["endpoint"]
        for parent, reason in candidates(placeholder, endpoint["path"], self._resources):
            if parent in self._begun:
                continue
            self.bind(parent)
            field = self._key_of(parent)
            endpoint["params"][placeholder] = _resolve(parent, field)
            told = f"{{{placeholder}}} is each {field} of {parent}, {reason}"
            key = f"endpoint.params.{placeholder}"
            self._notes.assume(name, told, key=key, comment="the document leaves the parent open")
            return parent
        self._make_setting(name, placeholder)
        return None

    def _inherit(self, name: str, placeholder: str, parent: str) -> None:
        """Bind a placeholder left of the parent's: its row inherits the id of its own parent."""
        endpoint, above = (self._resources[n]["endpoint"] for n in (name, parent))
        same = _same_place(endpoint["path"], placeholder, above["path"])
        if same is not None and same.startswith(EXPRESSIONS):
            endpoint["path"] = endpoint["path"].replace(f"{{{placeholder}}}", f"{{{same}}}")
            return
        binding = (above.get("params") or {}).get(same) if same else None
        if isinstance(binding, dict) and binding.get("type") == "resolve":
            included = self._resources[parent].setdefault("include_from_parent", [])
            if binding["field"] not in included:
                included.append(binding["field"])
            field = f"_{binding['resource']}_{binding['field']}"
            endpoint["params"][placeholder] = _resolve(parent, field)
            return
        if binding is not None and not isinstance(binding, dict):
            endpoint["params"][placeholder] = binding
            return
        if candidates(placeholder, endpoint["path"], self._resources):
            endpoint["params"][placeholder] = _resolve(parent, placeholder)
            told = f"{{{placeholder}}} is the field {placeholder} of {parent}"
            key = f"endpoint.params.{placeholder}"
            self._notes.assume(name, told, key=key, comment="the document does not say where from")
            return
        self._make_setting(name, placeholder)

    def _make_setting(self, name: str, placeholder: str) -> None:
        endpoint = self._resources[name]["endpoint"]
        setting = f"{{settings.{setting_name(_snake(placeholder))}}}"
        endpoint["path"] = endpoint["path"].replace(f"{{{placeholder}}}", setting)
        told = f"{{{placeholder}}} is a setting: no other resource lists it"
        self._notes.assume(name, told)

    def _bind_texts(self, name: str, endpoint: Json, parent: str | None) -> None:
        """Bind what query, headers and body hold of placeholders."""

        def bound(text: str) -> str | None:
            cleaned = clean_text(text)
            for placeholder in names_in(cleaned or ""):
                new = self._binding(placeholder, name, parent)
                if new is None:
                    return None
                cleaned = (cleaned or "").replace(f"{{{placeholder}}}", f"{{{new}}}")
            return cleaned

        for key in [key for key in _TEXTS if endpoint.get(key)]:
            before = endpoint[key]
            endpoint[key] = each_text(before, bound)
            for lost in set(before) - set(endpoint[key]) if isinstance(before, dict) else ():
                self._notes.leave_out(name, f"{key}.{lost}", "its expression cannot be evaluated")

    def _binding(self, placeholder: str, name: str, parent: str | None) -> str | None:
        """What fills a placeholder outside of the path; None where nothing can."""
        endpoint = self._resources[name]["endpoint"]
        value = endpoint["params"].get(placeholder)
        kind = value.get("type") if isinstance(value, dict) else None
        if placeholder.startswith("incremental."):
            is_known = placeholder in INCREMENTAL_PLACEHOLDERS
            return placeholder if is_known and self._has_window(name) else None
        if placeholder.startswith(EXPRESSIONS) or kind == "each":
            return placeholder
        if kind == "resolve" and isinstance(value, dict):
            return f"resources.{value['resource']}.{value['field']}"
        for found, _ in candidates(placeholder, endpoint["path"], self._resources):
            if self._can_be_parent(found, parent):
                self.bind(found)
                return f"resources.{found}.{self._key_of(found)}"
        return f"settings.{setting_name(_snake(placeholder))}"

    def _has_window(self, name: str) -> bool:
        """Whether a resource is merged, within windows."""
        resource = self._resources[name]
        is_snapshot = resource["endpoint"].get("incremental", {}) is None
        return bool(resource.get("primary_key", self._default_key)) and not is_snapshot

    def _key_of(self, parent: str) -> str:
        key = self._resources[parent].get("primary_key", self._default_key)
        return key if isinstance(key, str) else "id"


def _resolve(parent: str, field: str) -> Json:
    return {"type": "resolve", "resource": parent, "field": field}


def _same_place(path: str, placeholder: str, parents_path: str) -> str | None:
    """The placeholder of the parent's path that stands where this one stands in the child's."""
    names = names_in(parents_path)
    if placeholder in names:
        return placeholder
    above, below = segments(parents_path), segments(path)
    number = names_in(path).index(placeholder)
    return names[number] if below[: len(above)] == above and number < len(names) else None


def _snake(placeholder: str) -> str:
    return valid_name(placeholder) or placeholder
