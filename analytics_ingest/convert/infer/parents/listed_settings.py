"""Requests a resource once for each value of a setting, where the prose says so.

requested once for each configured `survey_id`      one request per listed `region`
iterates over the tickers       for a list of URLs, each request returns a single result
"""

import re
from collections.abc import Collection, Mapping, Sequence

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.placeholders import SETTING
from analytics_ingest.convert.prose.requests.each_values import EachValue, read_each_values
from analytics_ingest.convert.prose.requests.list_settings import read_list_settings
from analytics_ingest.convert.prose.requests.spoken_lists import (
    are_sent_together,
    read_spoken_lists,
    says_one_row_each,
)
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.declaration.placeholders import list_settings

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_VERB = re.compile(r"\b(?:and|which|that|then|with|by|in|from|to|is|are)\b|,")
"""Where the words for a value end: `id and returns one object`."""
_GENERAL = frozenset({"id", "identifier", "value", "name", "code", "key", "the", "of", "in"})
_LISTS = re.compile(r"(?:.*_)?(?:ids|list)|.*(?:Ids|IDs|List)|.*[a-rt-z]s")


def list_settings_of_requests(draft: Draft, prose: Prose) -> None:
    """Make lists of settings that a request holds one value of; log what stays open."""
    listed = read_list_settings(prose)
    for resource in draft.resources:
        _list_in_path(draft, resource, listed)
    for said in read_each_values(prose):
        named = [draft.by_name[name] for name in said.resources]
        is_of_all = bool(said.names) or len(draft.resources) == 1
        for resource in named or draft.resources:
            _list_values(draft, resource, said)
            _list_settings(draft, resource, said, is_about_it=bool(named) or is_of_all)
    _list_spoken(draft, prose)


def _list_values(draft: Draft, resource: Json, said: EachValue) -> None:
    """Request each value of the lists that parameters hold, where a clause names these."""
    params = resource["endpoint"].get("params") or {}
    meant = [name for name in said.names if isinstance(params.get(name), list)]
    for name in [] if said.is_doubtful else meant:
        params[name] = {"type": "each", "values": params[name]}
        reason = f"it is requested for each value of {name}, as the prose says"
        draft.log.assume(resource["name"], reason, key=f"endpoint.params.{name}", comment=FROM_TEXT)


def _list_spoken(draft: Draft, prose: Prose) -> None:
    """Request each value of the lists of which sentences speak; log what stays open."""
    spoken = read_spoken_lists(prose)
    words = {word for text in spoken for word in _list_words(text)}
    is_one = says_one_row_each(prose)
    for resource in draft.resources if words else ():
        endpoint = resource["endpoint"]
        sent = _list_plurals(endpoint)
        is_open = [n for n, held in sent.items() if not are_sent_together(prose, [n, held])]
        meant = [n for n in is_open if words & (_list_words(n) | _list_words(sent[n]))]
        in_path = _list_filled(str(endpoint.get("path")), meant)
        each = meant if is_one else in_path
        for name in each:
            _request_each(draft, resource, name, sent[name])
        for name in [name for name in (is_open if each else meant) if name not in each]:
            reason = f"{sent[name]}, which may be a list, is sent whole in {name}"
            rest = "declare a parameter of type each, if a request takes one value"
            draft.log.assume(resource["name"], f"{reason}: {rest}")


def _list_plurals(endpoint: Json) -> dict[str, str]:
    """List parameters for one value that hold a setting whose name is a plural: `url`, `urls`."""
    return {
        name: setting
        for name, setting in _list_sent(endpoint).items()
        if _LISTS.fullmatch(setting) and not _LISTS.fullmatch(name)
    }


def _list_sent(endpoint: Json) -> dict[str, str]:
    """List the parameters that hold a setting and nothing else, each with the setting."""
    sent = {name: _find_setting(value) for name, value in (endpoint.get("params") or {}).items()}
    return {name: setting for name, setting in sent.items() if setting}


def _list_in_path(draft: Draft, resource: Json, listed: Collection[str]) -> None:
    """Request a path for each value of the lists of which it holds one; log what may be one."""
    endpoint = resource["endpoint"]
    path = str(endpoint.get("path"))
    lists = {name: held for name, held in _list_sent(endpoint).items() if held in listed}
    for name in _list_filled(path, lists):
        _request_each(draft, resource, name, lists[name])
    for setting in sorted({*SETTING.findall(path)} & {*listed}):
        reason = f"{setting}, which is a list, is sent whole in its path"
        draft.log.assume(resource["name"], f"{reason}: declare a parameter of type each")


def _list_filled(path: str, names: Collection[str]) -> list[str]:
    """List the parameters that fill a path, but those whose name is a plural: `{ids}`."""
    return [name for name in names if f"{{{name}}}" in path and not _LISTS.fullmatch(name)]


def _request_each(draft: Draft, resource: Json, name: str, setting: str) -> None:
    endpoint = resource["endpoint"]
    each = {"type": "each", "values": f"{{settings.{setting}}}"}
    endpoint["params"] = {**(endpoint.get("params") or {}), name: each}
    reason = f"it is requested for each value of {name}, separated by commas"
    draft.log.assume(resource["name"], reason, key=f"endpoint.params.{name}", comment=FROM_TEXT)


def _list_settings(draft: Draft, resource: Json, said: EachValue, *, is_about_it: bool) -> None:
    endpoint = resource["endpoint"]
    params, settings = endpoint.get("params") or {}, _list_sent(endpoint)
    in_path = [name for name in SETTING.findall(str(endpoint.get("path"))) if name not in params]
    settings |= {name: name for name in in_path}
    meant = _list_meant(said, settings)
    if not (meant or is_about_it):
        return
    if not (meant or said.names or _list_words(_VERB.split(said.words)[0])):
        meant = _list_only(str(endpoint.get("path")), settings)
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
        held = [each for each in said.names if settings[name] in list_singulars(each)]
        _request_each(draft, resource, name, held[0] if held else settings[name])


def _are_lists(said: EachValue, meant: Sequence[str], settings: Mapping[str, str]) -> bool:
    """Return whether a clause names a setting, or a value of one whose name is a plural."""
    if said.names:
        return all(settings[name] in _list_forms(said.names) for name in meant)
    return bool(meant) and all(_LISTS.fullmatch(settings[name]) for name in meant)


def _list_forms(names: Sequence[str]) -> set[str]:
    """List names and what they are plurals of: `{channel_id}` holds one of `channel_ids`."""
    return {form for name in names for form in list_singulars(name)}


def _find_setting(value: object) -> str | None:
    match = SETTING.fullmatch(value) if isinstance(value, str) else None
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
        meant = _list_forms(said.names)
        return [n for n, setting in settings.items() if not {n, setting}.isdisjoint(meant)]
    words = _list_words(said.words)
    fitting = [
        name
        for name, setting in settings.items()
        if name == said.sent_as or words & (_list_words(name) | _list_words(setting))
    ]
    if said.sent_as in fitting:
        fitting = [name for name in fitting if name == said.sent_as]
    if re.search(r"\band\b", said.words):  # One request for each combination of them.
        return [n for n in fitting if _LISTS.fullmatch(settings[n]) and not _LISTS.fullmatch(n)]
    return fitting if len(fitting) == 1 else []


def _list_only(path: str, settings: Mapping[str, str]) -> list[str]:
    """List the one parameter of a path that holds a list: one request `per id`."""
    lists = [name for name, setting in settings.items() if _LISTS.fullmatch(setting)]
    filled = [name for name in lists if f"{{{name}}}" in path or f"{{settings.{name}}}" in path]
    return filled if len(filled) == 1 else []


def _list_words(text: str) -> set[str]:
    """List the words of a name or a text, in the singular and in lower case."""
    words = {word.lower() for word in _WORD.findall(text)} - _GENERAL
    return (
        {form for word in words for form in list_singulars(word)}
        - _GENERAL
        - {"configured", "listed", "given"}
    )
