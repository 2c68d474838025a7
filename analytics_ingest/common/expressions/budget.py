"""What an evaluation may cost: a budget of characters and of items, spent before it is needed.

Loops and filters look at each item of a list, and texts grow by `join`, `replace` and `~`: what a
page holds decides what they cost.
"""

from collections.abc import Callable, Iterator, Mapping, Sized
from typing import Any

from jinja2 import pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context

MOST = 1_000_000
"""Characters and items, together, that an evaluation may look at or make."""

VARIABLE = "the budget"
"""Where an evaluation finds its budget: under a name that no expression can spell."""

FREE = ("abs", "count", "d", "default", "first", "float", "int", "last", "length", "round")
"""Filters that look at no more than one item."""
_TEXTS = {
    **dict.fromkeys(("capitalize", "lower", "replace", "title", "trim", "upper"), 1),
    **dict.fromkeys(("hash", "hmac", "regex_search", "regex_replace"), 1),
    "base64encode": 2,
    "base64decode": 1,
    "base64binascii_decode": 2,
    "string": 2,
    "urlencode": 9,
}
"""Filters that give a text, and the characters that they make of one."""


class BudgetError(SecurityError):
    """An evaluation would cost too much."""


class Budget:
    """The budget of one evaluation."""

    def __init__(self) -> None:
        self._left = MOST

    def spend(self, amount: int) -> None:
        """Spend a part.

        Raises:
            BudgetError: Less than that is left.
        """
        self._left -= amount
        if self._left < 0:
            raise BudgetError

    def spend_items(self, value: Any) -> None:
        """Spend on a look at each item of a list, each character of a text, or a number."""
        if isinstance(value, int):
            self.spend(value.bit_length() // 8)
        elif isinstance(value, Sized):
            self.spend(len(value))

    def spend_operand(self, value: Any, *, is_copied: bool) -> None:
        """Spend on a number's digits, and on what a sum copies: loops can make either grow."""
        if is_copied or isinstance(value, int):
            self.spend_items(value)

    def spend_text(self, value: Any) -> None:
        """Spend on the text of a value, with everything in it."""
        self.spend_items(value)
        if isinstance(value, Mapping):
            for key, item in value.items():
                self.spend_text(key)
                self.spend_text(item)
        elif isinstance(value, list | tuple):
            for item in value:
                self.spend_text(item)

    def spend_replace(self, text: str, old: str, new: str) -> None:
        """Spend on `text.replace(old, new)`."""
        self.spend(len(text))
        self.spend(text.count(old) * len(new))

    def join(self, separator: str, items: Any) -> str:
        """Return `separator.join(items)`, spending while it is put together."""
        texts: list[str] = []
        for item in items:
            self.spend(len(item) + len(separator) + 1)
            texts.append(item)
        return separator.join(texts)


def find_budget(context: Context) -> Budget:
    """Find the budget of the evaluation that a context belongs to."""
    return context[VARIABLE]


def charge_filter(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that spends before it does anything."""
    if name in FREE:
        return apply
    needs = _needs(apply)

    @pass_context
    def charge(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget = find_budget(context)
        budget.spend_text(list(kwargs.values()))
        if name in ("replace", "regex_replace") and kwargs:
            raise SecurityError(name)
        if name == "replace" and len(args) > 1:
            budget.spend_replace(*map(str, (value, args[0], args[1])))
        elif name == "regex_replace" and len(args) > 1:
            _spend_regex_replace(budget, *map(str, (value, args[0], args[1])))
        elif name in _TEXTS:
            for _ in range(_TEXTS[name]):
                budget.spend_text(value)
        else:
            budget.spend_items(value)
        result = apply(*(needs(context)), value, *args, **kwargs)
        return _count(result, budget) if isinstance(result, Iterator) else result

    return charge


def _spend_regex_replace(budget: Budget, text: str, regex: str, new: str) -> None:
    # What looks ahead or behind can be captured once for each character.
    captured = len(text) if "(?" in regex and "\\" in new else 1
    budget.spend(len(text) * (len(new) + captured))


def _needs(apply: Callable[..., Any]) -> Callable[[Context], tuple[Any, ...]]:
    """Return what a filter of jinja2 is given before its value."""
    passed = getattr(getattr(apply, "jinja_pass_arg", None), "name", "")
    return {
        "context": lambda context: (context,),
        "eval_context": lambda context: (context.eval_ctx,),
        "environment": lambda context: (context.environment,),
    }.get(passed, lambda _: ())


def _count(items: Iterator[Any], budget: Budget) -> Iterator[Any]:
    for item in items:
        budget.spend(1)
        yield item
