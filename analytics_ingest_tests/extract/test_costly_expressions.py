"""An expression over a hostile page fails its resource before it takes long or much memory."""

import time
import tracemalloc
from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest.common.expressions import budget
from analytics_ingest.common.expressions.evaluate import Expression
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest_tests.support.loads import declare, failure, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def page(size: int) -> dict[str, Any]:
    """A page with lists of so many elements, and texts of as many characters."""
    return {
        "t": "a" * (size // 20),
        "T": "a" * 10 * size,
        "l": ["a" * 10] * size,
        "lists": [["a"] * 100] * (size // 10),
        "n": list(range(size)),
        "deep": {"a": [{"b": "c" * 1_000}] * (size // 40)},
        "objects": [{"id": number} for number in range(size)],
    }


PAGE = page(200_000)
SMALL_PAGE, SMALL_BUDGET = page(20_000), 100_000
"""A tenth of a page and of what it may cost: to trace memory takes ten times as long."""

COSTLY = [
    "response.t.join(response.l)",
    "','.join(response.l | map('upper'))",
    "response.l | map('replace', 'a', response.t) | list | length",
    "response.l | map('replace', 'a', response.t) | map('replace', 'a', response.t) | list | last",
    "response.l | map('upper') | map('lower') | map('upper') | map('lower') | map('trim') | list",
    "response.lists | sum(start=[])",
    "response.lists | sum(start=response.l)",
    "response.l | sum(start='')",
    "response.lists | map('sum', start=[]) | list",
    "response.n | select('in', response.n) | list | length",
    "response.objects | selectattr('id', 'in', response.n) | list | length",
    "response.T.replace('a', 'bb')",
    "response.T | replace('a', 'bb')",
    "response.T | urlencode",
    "response.T | upper",
    "response.T.split('a')",
    "response.T | list",
    "response.T + response.T",
    "response.T ~ response.T",
    "response.T[1:]",
    "response.l + response.l + response.l + response.l + response.l + response.l",
    "[" + ", ".join(["response.l[1:]"] * 40) + "] | length",
    "str(response.deep)",
    "response.deep | string",
    "{{ response.deep }}-{{ response.deep }}",
    "{{ response.T }}x",
    "response.l | map('string') | map('list') | map('list') | map('join', response.t) | list",
    "response.l | unique | sort | reverse | list + (response.l | sort) + (response.l | sort)",
    "{% for a in response.n %}{% for b in response.n %}{% set x = 1 %}{% endfor %}{% endfor %}",
    "{% for a in response.n %}{% if response.lists == response.lists[:] %}{% endif %}{% endfor %}",
    "{% for a in response.n %}{% if response.deep is eq(response.deep) %}{% endif %}{% endfor %}",
    "{% for a in response.n if a in response.l %}{% endfor %}",
    "{% set s = namespace(t=2) %}{% for a in response.n %}{% set s.t = s.t * s.t %}{% endfor %}",
    "{% set s = namespace(t=2) %}{% for a in response.n %}{% set s.t = s.t + s.t %}{% endfor %}",
    "{% set s = namespace(t='x') %}{% for a in response.n %}{% set s.t = s.t ~ s.t %}{% endfor %}",
    "{% set s = namespace(t=[1]) %}{% for a in response.n %}{% set s.t = s.t + s.t %}{% endfor %}",
    "{% for a in response.n %}{% set x = [response.l] | select('eq', response.l[:]) %}{% endfor %}",
    "{% for a in response.n %}{% set x = [response.l].index(response.l[:]) %}{% endfor %}",
    "{% for a in response.n %}" + "y" * 500 + "{% endfor %}",
    "{% for a in response.n %}{% set x = 'a' | hash(salt=response.t) %}{% endfor %}",
    "response.t | replace(old='a', new=response.t)",
    "{% for a in response.n %}{% set x = sanitize_url(value=response.t) %}{% endfor %}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 30 + "{{ a == a }}",
    "{% set a = {'x': 1} %}" + "{% set a = {'x': a, 'y': a} %}" * 25 + "{{ a.x.x.x }}",
    "{% for a in response.n %}{{ loop.cycle(1) }}{% endfor %}",
    "'x' * 999999999",
    "response.l * 999999999",
]
CHEAP: list[tuple[str, Any]] = [
    ("response.objects | length", 200_000),
    ("len(response.objects)", 200_000),
    ("response.objects[-1].id", 199_999),
    ("response.objects | last", {"id": 199_999}),
    ("response.objects[-1:][0]['id']", 199_999),
    ("response.objects | map(attribute='id') | max", 199_999),
    ("response.objects | map(attribute='id') | sum", 199_999 * 100_000),
    ("response.n | max", 199_999),
    ("response.T | length", 2_000_000),
    ("','.join(response.l[:3])", ",".join(["a" * 10] * 3)),
    ("response.t.replace('a', 'b')[:2]", "bb"),
    ("response.get('objects') | first", {"id": 0}),
    ("(response.n | select('odd') | list)[0]", 1),
    ("3 in response.n", True),
    ("3 is in response.n", True),
    ("response.t ~ '-' ~ 1", "a" * 10_000 + "-1"),
    ("{% for a in response.n[:3] if a != 1 %}{{ a }};{% endfor %}", "0;2;"),
    (
        "{% for a in response.n[:200] %}{% if a < response.objects | length and response.get('T') "
        "is defined and len(response.l) > a and loop.last %}{{ a }}{% endif %}{% endfor %}",
        "199",
    ),
    (
        "{% set s = namespace(a=1) %}{% for a in response.n[:60] %}"
        "{% set s.a = namespace(a=s.a, b=s.a) %}{% endfor %}{{ s.a }}",
        "namespace",
    ),
]


def expression(text: str) -> Expression:
    return Expression("cursor_value", text, SettingValues("demo"))


def variables(response: dict[str, Any]) -> dict[str, Any]:
    return {"response": response, "headers": {}, "last_record": {"id": 1}, "last_page_size": 1}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", COSTLY)
def test_what_costs_too_much_is_refused_before_it_does(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "MOST", SMALL_BUDGET)
    costly = expression(text)
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(PagingError, match="cannot be evaluated"):
            costly.evaluate(variables(SMALL_PAGE))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000
    assert time.process_time() - began < 4


@pytest.mark.parametrize(("text", "expected"), CHEAP)
def test_what_looks_at_few_values_of_a_large_page_is_evaluated(text: str, expected: Any) -> None:
    assert expression(text).evaluate(variables(PAGE)) == expected


def test_each_page_has_a_budget_of_its_own() -> None:
    upper, large = expression("response.t | upper | length"), {"t": "a" * 600_000}
    assert [upper.evaluate(variables(large)) for _ in range(3)] == [600_000] * 3
    with pytest.raises(PagingError, match="more than 1,000,000 characters"):
        expression("response.t | upper | lower").evaluate(variables(large))


def test_only_the_resource_fails(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)], "t": "a" * 9_000, "l": ["a"] * 20_000})
    api.always("/others", {"data": [row(1)]})
    paginator = {
        "type": "cursor",
        "cursor_param": "c",
        "cursor_value": "response.t.join(response.l)",
    }
    error = failure(declare(resource(paginator=paginator), resource("others")))
    assert str(error) == (
        "demo.items: GET /items: the paginator's cursor_value 'response.t.join(response.l)' cannot "
        "be evaluated: it would take more than 1,000,000 characters and items of this page; write "
        "one that takes fewer"
    )
