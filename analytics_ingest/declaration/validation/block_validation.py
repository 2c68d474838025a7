"""Checks the blocks whose keys depend on their type: auth and paginator.

Each type says which keys it has and what they need: see `analytics_ingest.common.declared_types`.
"""

import re

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.typed_block import TypedBlock
from analytics_ingest.declaration.placeholders import list_settings

_SECRET_REFERENCE = re.compile(r"sources(\.[A-Za-z_][A-Za-z0-9_]*)+")


def check_block(place: Place, key: str, block: TypedBlock | None) -> None:
    """Check that the type is known, and that its keys can work together.

    Raises:
        DeclarationError: They cannot; the message never shows the value of a secret.
    """
    if block is None:
        return
    if problem := _find_problem(place.api, block):
        raise place.build_error(f"{key}.{problem[0]}", problem[1])


def _find_problem(api: str, block: TypedBlock) -> tuple[str, str] | None:
    """Find the first key that cannot work, and why."""
    if block.type not in block.types:
        return "type", f"'{block.type}' is unknown; allowed are {', '.join(block.types)}"
    return (
        _find_unknown_key(block)
        or _find_literal_secret(api, block)
        or _find_empty_text(block)
        or _find_contradiction(block)
        or _find_missing_key(block)
        or next(block.parse().find_problems(), None)
    )


def _find_unknown_key(block: TypedBlock) -> tuple[str, str] | None:
    allowed = block.kind.keys.list_names()
    hint = f"allowed are {', '.join(allowed)}" if allowed else "it has no further keys"
    if "type" not in block.dump_declared():
        hint = f"{hint}, or declare another type"
    for name in block.dump_keys():
        if name not in allowed:
            return name, f"does not belong to {block.type}; {hint}"
    return None


def _find_literal_secret(api: str, block: TypedBlock) -> tuple[str, str] | None:
    values = block.dump_keys()
    for name, secret in block.kind.keys.secrets.items():
        value = values.get(name)
        if value is None or (value == "" and secret.may_be_blank):
            continue
        if not _SECRET_REFERENCE.fullmatch(value) and not list_settings(value):
            return name, (
                f"holds a literal secret; leave it out and set it as sources.{api}."
                f"{secret.setting}, in the environment or in .dlt/secrets.toml"
            )
    return None


def _find_empty_text(block: TypedBlock) -> tuple[str, str] | None:
    secrets = block.kind.keys.secrets
    for name, value in block.dump_keys().items():
        if value == "" and not (name in secrets and secrets[name].may_be_blank):
            return name, "is empty and has no effect; remove it"
    return None


def _find_contradiction(block: TypedBlock) -> tuple[str, str] | None:
    values = block.dump_keys()
    for one, other in (*block.kind.keys.exclusive, *block.kind.keys.aliases.items()):
        if one in values and other in values:
            return other, f"cannot be combined with {one}; remove one of them"
    return None


def _find_missing_key(block: TypedBlock) -> tuple[str, str] | None:
    own = block.dump_own_keys()
    for name, what in block.kind.keys.required.items():
        if not own.get(name):
            return name, f"is required; declare {what}"
    return None
