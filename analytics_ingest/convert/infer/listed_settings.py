"""Requests a resource once for each value of a setting, where the prose says so.

requested once for each configured `survey_id`      one request per listed `region`
"""

import re
from collections.abc import Mapping, Sequence

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.plurals import list_singulars
from analytics_ingest.convert.prose.each_values import EachValue, read_each_values
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.declaration.placeholders import list_settings

_SETTING = re.compile(r"\{settings\.(\w+)\}")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_GENERAL = frozenset({"id", "identifier", "value", "name", "code", "key", "the", "of", "in"})
_LISTS = re.compile(r"(?:.*_)?(?:ids|list)|.*(?:Ids|IDs|List)|.*[a-rt-z]s")


def list_settings_of_requests(draft: Draft, prose: Prose) -> None:
    """Make lists of settings that a request holds one value of; log what stays open."""
    for said in read_each_values(prose):
        of_all = draft.resources if said.names else ()
        for resource in [draft.by_name[name] for name in said.resources] or of_all:
            _list_settings(draft, resource, said)


def _list_settings(draft: Draft, resource: Json, said: EachValue) -> None:
    endpoint = resource["endpoint"]
    params = endpoint.get("params") or {}
    sent = {name: _find_setting(value) for name, value in params.items()}
    settings = {name: setting for name, setting in sent.items() if setting}
    in_path = [name for name in _SETTING.findall(str(endpoint.get("path"))) if name not in params]
    settings |= {name: name for name in in_path}
    meant = _list_meant(said, settings)
    is_clear = said.is_configured or _are_lists(said, meant, settings)
    if not meant or said.is_doubtful or not is_clear:
        is_open = list_settings(endpoint) and (meant or said.is_configured)
        if is_open and not _has_each(resource, params):
            of = " and ".join(said.names) or said.words
            reason = f"the text speaks of a request for each {of}, which is not clear"
            draft.log.assume(resource["name"], f"{reason}: declare a parameter of type each")
        return
    for name in meant:
        value = f"{{settings.{settings[name]}}}"
        if name in in_path:
            endpoint["path"] = endpoint["path"].replace(value, f"{{{name}}}")
        endpoint["params"] = params = {**params, name: {"type": "each", "values": value}}
        reason = f"it is requested for each value of {name}, separated by commas"
        key = f"endpoint.params.{name}"
        draft.log.assume(resource["name"], reason, key=key, comment=FROM_TEXT)


def _are_lists(said: EachValue, meant: Sequence[str], settings: Mapping[str, str]) -> bool:
    """Return whether a clause names a setting, or a value of one whose name is a plural."""
    if said.names:
        return all(settings[name] in said.names for name in meant)
    return bool(meant) and all(_LISTS.fullmatch(settings[name]) for name in meant)


def _find_setting(value: object) -> str | None:
    match = _SETTING.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def _has_each(resource: Json, params: Json) -> bool:
    """Return whether a resource is requested for values or for rows of a parent already."""
    filled = [param for param in params.values() if isinstance(param, dict)]
    return "partition_router" in resource or any("type" in param for param in filled)


def _list_meant(said: EachValue, settings: Mapping[str, str]) -> list[str]:
    """List the parameters that a clause means: by their names, else the one that fits its words.

    Args:
        settings: Parameters, and the settings that they hold.
    """
    if said.names:
        return [n for n, setting in settings.items() if not {n, setting}.isdisjoint(said.names)]
    words = _list_words(said.words)
    fitting = [
        name
        for name, setting in settings.items()
        if name == said.sent_as or words & (_list_words(name) | _list_words(setting))
    ]
    if said.sent_as in fitting:
        fitting = [name for name in fitting if name == said.sent_as]
    return fitting if len(fitting) == 1 else []


def _list_words(text: str) -> set[str]:
    """List the words of a name or a text, in the singular and in lower case."""
    words = {word.lower() for word in _WORD.findall(text)} - _GENERAL
    return {form for word in words for form in list_singulars(word)} - _GENERAL - {"configured"}
