"""What the user must know of a converted manifest: the settings to set, where partitions begin."""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.auth import list_auth_types
from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.manifest.connection import Connection, Setting, read_type
from analytics_ingest.convert.manifest.stream import Stream

_MENTION = re.compile(
    r"""\{settings\.(\w+)\}|(?<!\w)sources\.\w+\.(\w+)
    |config(?:\.get\(\s*['"](\w+)['"]|\[\s*['"](\w+)['"]\s*\]|\.(\w+))""",
    re.VERBOSE,
)


def describe_settings(draft: Draft, connection: Connection) -> None:
    """Log the settings that the declaration reads: what each means, and its default."""
    nodes = list(walk(draft.attributes))
    nodes += [key for node in nodes if isinstance(node, Mapping) for key in node]
    texts = [text for text in nodes if isinstance(text, str)]
    names = [next(filter(None, m.groups())) for text in texts for m in _MENTION.finditer(text)]
    blocks = _list_auth_blocks(draft)
    names += [name for block in blocks for name in _list_usual_settings(block)]
    selecting = [block["selected_by"] for block in blocks if "selected_by" in block]
    for name in dict.fromkeys(names):
        setting = connection.used.get(name)
        is_needed = f"{{settings.{name}}}" in selecting
        draft.log.require(name, _describe_purpose(setting, is_needed=is_needed) if setting else "")
    used = [connection.used[name] for name in dict.fromkeys(names) if name in connection.used]
    defaults = {s.name: s.default for s in used if s.default is not None and not s.is_secret}
    if defaults:
        draft.others["settings"] = defaults


def describe_changed_settings(spec: Any, log: ConversionLog) -> None:
    """Log the settings that Airbyte changes before it uses them, as nothing does here.

    Args:
        spec: That of the manifest. Its migrations change older configurations only.
    """
    rules = spec.get("config_normalization_rules") if isinstance(spec, Mapping) else None
    changes = rules.get("transformations") if isinstance(rules, Mapping) else None
    steps = [node for node in walk(changes or []) if isinstance(node, Mapping) and "type" in node]
    paths = [step.get("path") or step.get("field_path") for step in steps]
    names = [".".join(map(str, path)) for path in paths if isinstance(path, list)]
    if steps:
        shown = f" ({', '.join(dict.fromkeys(names))})" if names else ""
        log.assume(
            None, f"Airbyte changes settings before it uses them{shown}: set what they become"
        )


def _list_auth_blocks(draft: Draft) -> list[Mapping[str, Any]]:
    holders = [draft.client, *(resource["endpoint"] for resource in draft.resources)]
    blocks = [block for holder in holders if isinstance(block := holder.get("auth"), dict)]
    options = [option for block in blocks for option in block.get("options", {}).values()]
    return [*blocks, *filter(None, options)]


def _list_usual_settings(block: Mapping[str, Any]) -> list[str]:
    """List the settings that an auth block reads without naming them."""
    secrets = list_auth_types()[block["type"]].keys.secrets
    needed = {k: s for k, s in secrets.items() if not s.is_optional}
    if block.get("grant_type") == "refresh_token":
        needed = secrets
    return [secret.setting for key, secret in needed.items() if key not in block]


def _describe_purpose(setting: Setting, *, is_needed: bool) -> str:
    kind = "secret" if setting.is_secret else ""
    value = setting.default
    shown = ",".join(map(str, value)) if isinstance(value, list) else value
    default = f"default {shown}" if shown not in (None, "") else ""
    optional = "optional" if setting.has_default and not is_needed and not default else ""
    notes = ", ".join(
        filter(None, (kind, optional, _describe_form(setting), default, setting.example))
    )
    return setting.meaning + (f" ({notes})" if notes else "")


def _describe_form(setting: Setting) -> str:
    """Describe how a list is written."""
    items = setting.schema.get("items")
    if setting.type != "array":
        return ""
    is_plain = not isinstance(items, Mapping) or read_type(items) not in ("array", "object")
    return "separated by commas" if is_plain else "a JSON list"


def describe_start(draft: Draft, streams: Mapping[str, Stream]) -> None:
    """Let partitions begin where the earliest cursor does."""
    cursors = [s.cursor for n, s in streams.items() if s.cursor and n in draft.by_name]
    starts = [cursor.start for cursor in cursors if cursor.start]
    if starts:
        draft.others["partitions"] = {"start": min(starts)}
    elif cursors:
        draft.others["partitions"] = {"start": cursors[0].first_day}
    together = "; initial_value of each resource goes with it"
    together = together if "'initial_value'" in str(draft.attributes) else ""
    if any(cursor.start_setting for cursor in cursors):
        draft.log.assume(
            None,
            "partitions begin on the day of partitions.start; in Airbyte a setting decides it",
            key="partitions.start",
            comment=f"a setting in Airbyte{together}",
        )
