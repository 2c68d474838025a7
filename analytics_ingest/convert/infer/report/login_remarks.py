"""Logs what sections on authentication say that requests do not do."""

import re

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.credentials import list_needed_secrets
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.requests.login_remarks import (
    list_credentials,
    says_optional,
    says_signed,
    says_simplified,
)

_SIGNING = ("hmac", "aws_sigv4", "jwt", "oauth2_jwt_bearer", "login")
_WORD = re.compile(r"[\w-]+")
_SHOWN = 12


def log_login_remarks(draft: Draft, document: Document) -> None:
    """Log unused credentials, a signature, and a login that is optional or simplified."""
    auth = draft.client.get("auth")
    if not isinstance(auth, dict):
        return
    kind, log = str(auth.get("type")), draft.log
    if unused := _list_unused(draft, document, kind):
        pronoun = "them" if len(unused) > 1 else "it"
        reason = f"the text names {abbreviate(unused, most=_SHOWN)} of a login, and client.auth"
        log.assume(None, f"{reason}, {kind}, does not use {pronoun}: compare the API's manual")
    if kind not in _SIGNING and says_signed(document):
        reason = f"the text speaks of signed requests, and client.auth, {kind}, signs none"
        log.assume(None, f"{reason}: declare auth of the type hmac if the API needs it")
    elif says_simplified(document):
        log.assume(None, f"the text calls its login simplified; client.auth is {kind}, as written")
    if says_optional(document):
        reason = "the text says that the login is not always needed; requests always hold it"
        log.assume(None, f"{reason}: remove client.auth if you have none")


def _list_unused(draft: Draft, document: Document, kind: str) -> list[str]:
    """List the credentials of the text that neither its code nor the declaration knows."""
    log = draft.log
    own = [
        key for key, secret in list_needed_secrets(kind).items() for key in (key, secret.setting)
    ]
    texts = [block.text for block in document.blocks] + [text for _, text in log.assumptions]
    texts += [str(part) for part in walk(draft.attributes) if not isinstance(part, dict | list)]
    known = {to_valid_name(word) for text in texts for word in _WORD.findall(text)}
    known |= {to_valid_name(name) for name in (*own, *log.settings)}
    return [
        name
        for name in dict.fromkeys(list_credentials(document))
        if to_valid_name(name) not in known
    ]
