"""The texts by which an API that answers 200 without rows refuses the request, without an error.

They speak of a key or a token, of what is allowed, or of a limit; `No more results` does not.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.extract.responses.error_words import STRONG_TEXTS

_LIST = "messages"
_LONGEST = 500
"""Characters of a text that are looked at."""
_NONE = re.compile(r"(there (is|are|were) )?(no|0|zero|none|nothing|found no)\b")
"""How a text begins that speaks of rows that there are not, unless it is one of `_LACKS`."""

_THE = r"((an?|the|this|your|given|provided|supplied|current) )*"
_OF = (
    r"((access|api|auth|authentication|authorization|bearer|licen[cs]e|refresh|security|session"
    r"|user) )*"
)
_KEY = (
    rf"{_THE}{_OF}(tokens?|keys?|apikey|sessions?|credentials?|signature|jwt|authorization|login)"
)
_ACCOUNT = rf"{_THE}{_OF}(accounts?|licen[cs]e|subscription|trial|certificate|password|secret)"
_IS = r"( (has|have|is|was|are|were|been|already|header|or))*"
_BAD = (
    r"(expired|invalid|revoked|missing|required|incorrect|wrong|denied|disabled|suspended|rejected"
    r"|timed out|over|not (valid|provided|given|supplied|accepted|recogni[sz]ed|active))"
)
_LIMITS = r"(limits?|quotas?|allowance)"
_LACKS = (
    rf"(no|without)( valid)? {_OF}(token|key|apikey|session|credentials|authorization)( header)?"
    r"( (was|were))? (provided|supplied|given|sent|specified|found in|present|in)\b",
    r"(no|insufficient|missing)( the| required)? (permissions?|privileges?|rights|scopes?)\b",
)
_ERROR_PATTERNS = (
    *_LACKS,
    rf"^({_KEY}|{_ACCOUNT}){_IS} {_BAD}\b",
    rf"\b(your|the|this) ({_KEY}|{_ACCOUNT}){_IS} {_BAD}\b",
    rf"^({_BAD}|bad|please provide)( or {_BAD})? ({_KEY}|{_ACCOUNT})\b",
    r"^expired$",
    r"\b(un|not )(authori[sz]ed|authenticated)\b|\bnot (logged|signed) in\b",
    r"\bauth(entication|orization)?( is| has| was)?( been)? (failed|failure|required|error)\b",
    r"\bforbidden\b|\b(access|permission)( is| was)? denied\b",
    r"\bnot have (the |any )?(required |sufficient )?(permissions?|access|rights|privileges)\b",
    r"\bnot (permitted|allowed) to\b|\bpermissions?( is| are)? required\b",
    r"\b(please|must|need to|have to) ((log|sign) ?in|(re-?)?authenticate)\b",
    rf"\b({_LIMITS}|credits)( (has|have|is|was|been))* (exceeded|reached|hit|exhausted|used up)\b",
    rf"\b(exceed(ed|s|ing)?|reached|hit|exhausted)( [a-z0-9-]+){{0,4}} ({_LIMITS}|credits)\b",
    rf"\bover( (the|your|its))?( [a-z]+)? {_LIMITS}\b|\bout of (api )?(credits|calls)\b",
    r"\btoo many (requests|calls)\b|\brate[ -]?limit(ed|ing)\b|\bthrottled\b",
    r"\btry again (later|in|after)\b",
)
_ERROR = re.compile("|".join(_ERROR_PATTERNS))
_LACK = re.compile("|".join(_LACKS))


def is_refused_in_words(keys: Mapping[str, Any]) -> bool:
    """Return whether the texts of an object without rows say that the request was refused."""
    values = [keys.get(name) for name in STRONG_TEXTS]
    values += listed if isinstance(listed := keys.get(_LIST), list) else ()
    return any(_is_refusal(value) for value in values if isinstance(value, str))


def _is_refusal(text: str) -> bool:
    words = " ".join(text[:_LONGEST].lower().replace("_", " ").split()).strip(" .!\"'")
    pattern = _LACK if _NONE.match(words) else _ERROR
    return pattern.search(words) is not None
