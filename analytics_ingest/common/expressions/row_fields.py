"""What an expression over a row means, however it is written."""

from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes

from analytics_ingest.common.expressions.sandbox import get_environment


@lru_cache(maxsize=1_000)
def read_row_field(template: str) -> str | None:
    """Read the path of the field that an expression is; None where it is anything else."""
    parsed = _parse(template)
    match parsed and parsed.body:
        case [nodes.Output(nodes=[expression])]:
            return ".".join(_list_names(expression) or ()) or None
        case _:
            return None


def are_same(template: str, other: str) -> bool:
    """Return whether two texts with expressions differ in blanks and quotes at most."""
    parsed = _parse(template)
    return template == other or (parsed is not None and parsed == _parse(other))


def _parse(template: str) -> nodes.Template | None:
    try:
        return get_environment().parse(template)
    except TemplateSyntaxError:  # A constant may hold braces that mean nothing.
        return None


def _list_names(node: nodes.Node) -> list[str] | None:
    """List the names that lead from the row to a field; None where it is anything else."""
    match node:
        case nodes.Name(name="record"):
            return []
        case (
            nodes.Getattr(node=inner, attr=str(name))
            | nodes.Getitem(node=inner, arg=nodes.Const(value=str(name)))
            | nodes.Call(
                node=nodes.Getattr(node=inner, attr="get"),
                args=[nodes.Const(value=str(name))],
                kwargs=[],
            )
        ):
            above = _list_names(inner)
            return None if above is None or "." in name else [*above, name]
        case _:
            return None
