"""Finds what an expression names: settings, fields of its partition, the window, the page.

A setting may be missing where the expression says so itself: `config.get('x')`, `x | default('y')`,
and whatever is in a condition or in one of its branches.
"""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import nodes

from analytics_ingest.common.expressions.references import JOB_ROOTS, References
from analytics_ingest.common.expressions.sandbox import get_environment

SETTINGS = ("config", "settings")
PARTITION = ("stream_partition", "stream_slice", "stream_interval")
PAGE = "next_page_token"
NESTED = ("extra_fields", "parent_slice")
"""Where Airbyte keeps further fields of a parent's row, and the partition of the parent itself."""
BOUNDS = {
    **dict.fromkeys(("start_time", "start_date", "start"), "start"),
    **dict.fromkeys(("end_time", "end_date", "end"), "end"),
}
"""What `stream_interval` and `stream_slice` call the bounds of the window."""

_CONDITIONS = (nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.If, nodes.Test)

Use = tuple[tuple[str, ...], bool]
"""A root and the keys below it, and whether it may be missing."""


@lru_cache(maxsize=1_000)
def parse_references(template: str) -> References:
    """Return what a template of jinja2 names."""
    uses = list(_uses(get_environment().parse(template), is_optional=False))
    settings: dict[str, bool] = {}
    for (root, *keys), is_optional in uses:
        if root in SETTINGS and keys:
            name = ".".join(keys)
            settings[name] = settings.get(name, False) or is_optional
    fields = {
        (root, _name_field(keys))
        for (root, *keys), is_optional in uses
        # A condition may ask whether there is a slice at all.
        if root in PARTITION and (keys or not is_optional)
    }
    bounds = {field for field in fields if field[1] in BOUNDS or field[0] == "stream_interval"}
    return References(
        settings,
        frozenset(name for _, name in fields - bounds),
        frozenset(BOUNDS.get(name, name) for _, name in bounds),
        has_page=any(keys[0] == PAGE for keys, _ in uses),
        job=frozenset(root for (root, *_), _ in uses if root in JOB_ROOTS),
    )


def _name_field(keys: list[str]) -> str:
    """Name a field of the partition, of the parent's row or of one above it."""
    return ".".join(keys[1:] if keys and keys[0] in NESTED else keys)


def _uses(node: nodes.Node, *, is_optional: bool) -> Iterator[Use]:
    if chain := _split_chain(node):
        keys, is_get, others = chain
        yield keys, is_optional or is_get
        for other in others:
            yield from _uses(other, is_optional=is_optional)
        return
    yield from _find_membership(node)
    is_default = isinstance(node, nodes.Filter) and node.name in ("default", "d")
    for child in node.iter_child_nodes():
        yield from _uses(
            child, is_optional=is_optional or is_default or isinstance(node, _CONDITIONS)
        )


def _find_membership(node: nodes.Node) -> Iterator[Use]:
    """Yield the setting that `'x' in config` reads, which may be missing."""
    if not isinstance(node, nodes.Compare) or not isinstance(node.expr, nodes.Const):
        return
    for operand in node.ops:
        chain = _split_chain(operand.expr)
        if operand.op in ("in", "notin") and chain and chain[0][0] in SETTINGS:
            yield (*chain[0], str(node.expr.value)), True


def _split_chain(node: nodes.Node) -> tuple[tuple[str, ...], bool, list[nodes.Node]] | None:
    """Return a name, the keys below it, whether `.get` is among them, and the other nodes in it."""
    if isinstance(node, nodes.Name):
        is_root = node.name in (*SETTINGS, *PARTITION, PAGE, *JOB_ROOTS)
        return ((node.name,), False, []) if is_root else None
    if isinstance(node, nodes.Getattr):
        return _extend_chain(node.node, node.attr, is_get=False, others=[])
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        is_key = isinstance(node.arg.value, str)
        return _extend_chain(node.node, node.arg.value, is_get=False, others=[]) if is_key else None
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        return _split_call(node, node.node)
    return None


def _split_call(
    call: nodes.Call, method: nodes.Getattr
) -> tuple[tuple[str, ...], bool, list[nodes.Node]] | None:
    first = call.args[0] if call.args else None
    if method.attr == "get" and isinstance(first, nodes.Const):
        return _extend_chain(method.node, str(first.value), is_get=True, others=call.args[1:])
    if chain := _split_chain(method.node):
        keys, is_get, others = chain
        return keys, is_get, [*others, *call.args]
    return None


def _extend_chain(
    base: nodes.Node, key: str, *, is_get: bool, others: list[nodes.Expr]
) -> tuple[tuple[str, ...], bool, list[nodes.Node]] | None:
    if chain := _split_chain(base):
        keys, has_get, before = chain
        return (*keys, key), has_get or is_get, [*before, *others]
    return None
