"""Reads which names the prose calls settings: what the user gives, which no row holds.

`shop` is a configuration value     The `organization` and `project` are configured by the user.
`site` must be provided             `region` and `team` come from the connection settings
The user provides `region`.         - **Settings**: `region`, `team`
"""

import re

_NAME = r"`\{?[A-Za-z_]\w*\}?`(?: \([^()]{1,60}\))?"
_SEPARATOR = r"\)?(?:, (?:and |or )?| and | or )(?:(?:the|an?) )?(?:[a-z ]{1,30}\()?"
_NAMES = rf"(?P<names>{_NAME}(?:{_SEPARATOR}{_NAME})*)"
_USER = r"(?:the )?(?:users?|customers?|operator|integrator|you)"
_PLACE = (
    r"(?:(?:the|your|its|their|an?) )?(?:user['\u2019]s |users['\u2019] )?"
    r"(?:(?:connector|connection|source|integration|user)(?:['\u2019]s)? )?"
    r"(?:settings?|config(?:uration)?(?: (?:file|parameters?|values?))?|connection|connection"
    r" parameters?|environment(?: variables?)?)"
)
_KIND = (
    r"(?:(?:required|mandatory|fixed|constant) )?(?:"
    r"(?:configur\w+|config|connection|connector|source|user|setup)"
    r" (?:values?|settings?|parameters?|options?|inputs?|variables?|propert(?:y|ies))"
    r"|settings?|user[- ](?:defined|provided|supplied|configured))\b"
)
_BE = r"(?:is|are|(?:must|should) be|ha(?:s|ve) to be|needs? to be)"
_GIVEN = r"(?:set|given|provided|supplied|specified|defined|entered|chosen|passed|configured)"
_ELSEWHERE = rf"(?! (?:in|on|by|per|for|at|through|via) (?!{_USER}\b|{_PLACE}\b))"
_IS_SETTING = re.compile(
    rf"{_NAMES}\)?(?: (?:placeholders?|values?|parameters?|path parameters?))?,? (?:"
    rf"(?:is|are) (?:(?:an?|the|its) )?{_KIND}"
    rf"|(?:is|are) configur(?:ed|able)\b{_ELSEWHERE}"
    rf"|{_BE} {_GIVEN} (?:by {_USER}|(?:in|via|through|with|as) {_PLACE})\b"
    rf"|(?:must be|ha(?:s|ve) to be|needs? to be) {_GIVEN}(?=\W*$|,)"
    rf"|(?:comes?|(?:is|are) (?:taken|read|filled|resolved)) from {_PLACE}\b"
    rf"|(?:is|are) part of {_PLACE}\b)",
    re.IGNORECASE,
)
_USER_GIVES = re.compile(
    rf"\b{_USER} (?:must |has to |have to )?(?:gives?|provides?|suppl(?:y|ies)|sets?|configures?"
    rf"|enters?|specif(?:y|ies)) (?:(?:the|an?|their|your) )?{_NAMES}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"\W*(?:(?:required|user) )?(?:settings?|configuration|config|user input"
    r"|(?:config(?:uration)?|connection|connector|source) (?:values?|parameters?|options?"
    rf"|settings?|inputs?))\W*:\W*?{_NAMES}\W*",
    re.IGNORECASE,
)
_NOTE = re.compile(r" \((?:e\.g|for example|like|such as)[^()]*\)", re.IGNORECASE)
_MARK = re.compile(r"`\{?(\w+)\}?`")


def read_stated_settings(clause: str) -> list[str]:
    """Read the names that a clause calls settings."""
    matches = [*_IS_SETTING.finditer(clause), *_USER_GIVES.finditer(clause)]
    if label := _LABEL.fullmatch(clause):
        matches.append(label)
    return [name for m in matches for name in _MARK.findall(_NOTE.sub("", m["names"]))]
