"""A parsed template → one that spends its `Budget` in loops.

Each turn of a loop costs what its body holds, and all that an operation in it may look at. Without
this, a short text over a large page could compute forever. Values that are put together from others
cost their whole size, so that doubling one again and again ends.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context
from jinja2.utils import Namespace

from analytics_ingest.common.expressions.budget import FREE, find_budget

_TURNS, _VALUE = "the turns of a loop", "a value that is looked at"
"""Filters, under names that no expression can spell."""

_OPERATIONS = (nodes.Compare, nodes.Test, nodes.Filter, nodes.Call)
_LOOKUPS = ("get", "items", "keys", "values")
_FREE_TESTS = ("defined", "undefined", "none", "None", "mapping", "string", "number", "sequence")
_CONTAINERS = (nodes.List, nodes.Tuple, nodes.Dict)


class LoopNamespace(Namespace):
    """What a loop may change: `namespace(total=0)`."""

    def __repr__(self) -> str:
        # The text of one that holds another twice, and so on, would have no end.
        return "namespace"


def charge_loops(template: nodes.Template) -> None:
    """Change a template that assigns or repeats so that it spends what that may cost."""
    loops = list(template.find_all(nodes.For))
    if not loops and template.find(nodes.Assign) is None:
        return
    turns = [(loop, _measure(loop)) for loop in loops]
    operations = [node for loop in loops for node in loop.find_all(_OPERATIONS)]
    # A loop within a loop is found twice.
    for node in [*dict.fromkeys(operations), *template.find_all(_CONTAINERS)]:
        _charge_values(node)
    for loop, cost in turns:
        loop.iter = _pass_through(_TURNS, loop.iter, nodes.Const(cost))


def _measure(loop: nodes.For) -> int:
    """Measure what a turn of a loop costs: the nodes of its body, and the text between them."""
    texts = sum(len(node.data) for node in loop.find_all(nodes.TemplateData))
    return texts + sum(1 for _ in loop.find_all(nodes.Node))


def _charge_values(node: nodes.Node) -> None:
    if isinstance(node, nodes.Compare):
        for holder in (node, *node.ops):
            holder.expr = _pass_through(_VALUE, holder.expr)
    elif isinstance(node, nodes.Filter | nodes.Test | nodes.Call):
        _charge_call(node)
    elif isinstance(node, nodes.Dict):
        for pair in node.items:
            pair.value = _pass_through(_VALUE, pair.value)
    elif isinstance(node, nodes.List) or (isinstance(node, nodes.Tuple) and node.ctx == "load"):
        node.items = [_pass_through(_VALUE, item) for item in node.items]


def _charge_call(node: nodes.Filter | nodes.Test | nodes.Call) -> None:
    """Charge what a call may look at: its arguments, and the value that it is applied to."""
    if _looks_at_nothing(node):
        return
    node.args = [_pass_through(_VALUE, arg) for arg in node.args]
    for keyword in node.kwargs:
        keyword.value = _pass_through(_VALUE, keyword.value)
    if not isinstance(node, nodes.Call):
        node.node = _pass_through(_VALUE, node.node)
    elif isinstance(node.node, nodes.Getattr):
        node.node.node = _pass_through(_VALUE, node.node.node)


def _looks_at_nothing(node: nodes.Filter | nodes.Test | nodes.Call) -> bool:
    """Return whether a call takes no longer for a larger value, such as `record.get('x')`."""
    if isinstance(node, nodes.Call):
        callee = node.node
        is_lookup = isinstance(callee, nodes.Getattr) and callee.attr in _LOOKUPS
        return is_lookup or (isinstance(callee, nodes.Name) and callee.name == "len")
    return node.name in (FREE if isinstance(node, nodes.Filter) else _FREE_TESTS)


def _pass_through(name: str, value: Any, *args: nodes.Expr) -> nodes.Expr:
    """Build the node that gives a value through a filter."""
    return nodes.Filter(value, name, list(args), [], None, None)


@pass_context
def _spend_turns(context: Context, values: Iterable[Any], cost: int) -> Iterator[Any]:
    for value in values:
        find_budget(context).spend(cost)
        yield value


@pass_context
def spend_value(context: Context, value: Any) -> Any:
    """Spend on a value, with everything in it, and return it."""
    find_budget(context).spend_text(value)
    return value


LOOP_FILTERS = {_TURNS: _spend_turns, _VALUE: spend_value}
"""What a changed template calls."""
