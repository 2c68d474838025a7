"""References and code within a configuration → `{settings.x}`, or nothing, each told of."""

from typing import Any

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.python.values import Code, Reference, setting_name


def without_code(api: dict[str, Any], notes: ConversionLog) -> dict[str, Any]:
    """A configuration without references and code; its secrets are left out before."""
    resources = [_resolved(r, r["name"], "", notes) for r in api["resources"]]
    rest = {key: value for key, value in api.items() if key != "resources"}
    return {**_resolved(rest, None, "", notes), "resources": resources}


def _resolved(value: Any, resource: str | None, key: str, notes: ConversionLog) -> Any:
    if isinstance(value, Reference):
        return f"{{settings.{setting_name(value.name or key)}}}"
    if isinstance(value, dict):
        return {
            name: _resolved(item, resource, _below(key, name), notes)
            for name, item in value.items()
            if not _is_dropped(item, resource, _below(key, name), notes)
        }
    if isinstance(value, list):
        return [
            _resolved(item, resource, key, notes)
            for item in value
            if not _is_dropped(item, resource, key, notes)
        ]
    return value


def _is_dropped(value: Any, resource: str | None, key: str, notes: ConversionLog) -> bool:
    if not isinstance(value, Code):
        return False
    notes.leave_out(resource, key, f"{value.what} on line {value.line} is code, which is not run")
    return True


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
