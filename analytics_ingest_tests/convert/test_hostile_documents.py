"""A document that would take all time or memory ends in one sentence, or is read all the same."""

import io
import signal
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from analytics_ingest.cli import main
from analytics_ingest.convert import documents
from analytics_ingest.convert.alarm import alarm
from analytics_ingest_tests.convert.writing import DEFS, Desk, fenced, orders

CONFIGURED = "rest_api_source({'client': {'base_url': 'https://a.test'}, 'resources': ['orders']})"
NONE = (
    "holds no configuration; give one rest_api_source({...}), or a dict with client and resources"
)
STEPS = "the code takes more than 500000 steps to follow; leave out what does not configure the API"
VALUES = "holds more than 100000 values; leave out what does not configure the API"
LONG = "has more than 500000 characters; leave out what does not configure the API"
LONGEST = LONG.replace("500000", "5000000")
"""No manifest is as long either."""


def functions(count: int, calls: int) -> str:
    """Functions of which each calls the one before several times."""
    bodies = [
        f"def f{n}():\n    return [{', '.join([f'f{n - 1}()'] * calls)}]\n" for n in range(1, count)
    ]
    return f"def f0():\n    return 1\n{''.join(bodies)}x = f{count - 1}()\n{CONFIGURED}"


def repeated(first: str, line: str, times: int = 60) -> str:
    """A line that makes a value longer, again and again."""
    return f"{first}\n" + f"{line}\n" * times + CONFIGURED


REFUSED = {
    "functions that call the one before": (functions(9, 8), STEPS),
    "functions that call it twice": (functions(40, 2), STEPS),
    "a list that doubles by stars": (repeated("a = [1]", "a = [*a, *a]"), STEPS),
    "a list that doubles by +=": (repeated("a = [1]", "a += a"), STEPS),
    "a list that doubles by extend": (repeated("a = [1]", "a.extend(a)"), STEPS),
    "comprehensions within each other": (
        f"a = [{'1, ' * 2_000}]\nb = [[[z for x in a] for y in a] for z in a]\n{CONFIGURED}",
        STEPS,
    ),
    "loops within each other": (
        f"a = [{'1, ' * 2_000}]\nb = []\nfor x in a:\n  for y in a:\n    b.append(x)\n{CONFIGURED}",
        STEPS,
    ),
    "lists within each other": (
        repeated("a = [1]", "a = [a, a]") + "\nx = {'client': {}, 'resources': a}",
        VALUES,
    ),
    "a dict that many others hold": (
        f"a = {{'b': [{'1, ' * 5_000}]}}\n"
        + "".join(f"x{n} = {{'c': a}}\n" for n in range(90))
        + CONFIGURED,
        VALUES,
    ),
    "open brackets": ("[" * 60_000, NONE),
    "open dicts": ("x = {'a': " * 6_000, NONE),
    "closing brackets": ("x = {'a': 1}" + "]" * 60_000, NONE),
    "brackets of other kinds": ("x = {'a': " + "[" * 30_000 + ")" * 30_000, NONE),
    "open angles": ("x = {'a': " + "<" * 50_000, NONE),
    "values without commas": ("x = {'a': " + "'b' " * 15_000, NONE),
    "too many resources": (
        CONFIGURED.replace("'orders'", "'orders', " * 2_000),
        "holds 2000 resources; write several documents of at most 1000",
    ),
    "too many lines of no code": ("b = (1 2)\n" * 6_000, "more than 5000 lines"),
    "prose": ("The orders have a field `id`.\n" * 20_000, LONG),
    "endless prose": ("The orders have a field `id`.\n" * 800_000, LONGEST),
    "NUL": ("\0" * 500_001, LONG),
}


IN_MARKDOWN = {
    *(case for case, (_, problem) in REFUSED.items() if problem in (NONE, LONG)),
    *("functions that call it twice", "a dict that many others hold"),
    *("too many resources", "too many lines of no code"),
}
"""What is read there in another way, and of what is not, a document for each problem."""


@pytest.mark.timeout(30)  # what takes time for each pair of brackets takes minutes
@pytest.mark.parametrize(
    ("case", "file"),
    [
        *((case, "shop.py") for case in REFUSED),
        *((case, "shop.md") for case in sorted(IN_MARKDOWN)),
    ],
)
def test_it_is_refused_in_one_sentence(desk: Desk, case: str, file: str) -> None:
    text, problem = REFUSED[case]
    is_code = file.endswith(".md") and problem not in (LONG, LONGEST, NONE)
    refusal = desk.refusal(fenced(text) if is_code else text, file=file)
    assert refusal.startswith(file)
    assert problem in refusal
    assert "\n" not in refusal


READ = {
    "a chain of replace": repeated("a = 'x'", "a = a.replace('x', 'xxxxxxxxxx')"),
    "one expression of it": f"a = 'x'{'.replace(chr, chr * 9)' * 20}\n{CONFIGURED}",
    "a chain of join": repeated("a = 'x'", "a = a.join([a, a, a, a, a, a, a, a, a])"),
    "a chain of format": repeated("a = 'x'", "a = '{0}{0}{0}{0}{0}'.format(a)"),
    "a chain of %": repeated("a = 'x'", "a = '%s%s%s%s' % (a, a, a, a)"),
    "a chain of f-texts": repeated("a = 'x'", "a = f'{a}{a}{a}{a}'"),
    "a function that calls itself": f"def f(n):\n    return f(n)\nx = f(1)\n{CONFIGURED}",
    "a list within itself": repeated("a = [1]", "a.append(a)"),
    "a long sum": f"x = {'1 + ' * 20_000}1\n{CONFIGURED}",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("text", READ.values(), ids=list(READ))
def test_what_it_makes_without_end_is_omitted(desk: Desk, text: str) -> None:
    tracemalloc.start()
    try:
        assert desk.new(text, file="shop.py").resource("orders")
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_device_without_end_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "shop", "--from", "/dev/zero", "--defs", str(DEFS)]) == 1
    assert capsys.readouterr().err == f"/dev/zero {LONGEST}\n"


def test_so_is_a_long_standard_input(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("x" * 1_000_000))
    assert main(["new", "shop", "--from", "-", "--defs", str(DEFS)]) == 1
    assert capsys.readouterr().err == f"standard input {LONG}\n"


@pytest.mark.parametrize("text", ["[" * 60_000, "> " * 25_000, "[a](" * 15_000, "*a **b " * 12_500])
def test_markdown_of_any_kind_is_read_in_time(desk: Desk, text: str) -> None:
    began = time.process_time()
    assert NONE in desk.refusal(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "name",
    ["information_schema", "main", "public", "temp", "system", "pg_catalog", "pg_shop"],
)
def test_a_schema_of_the_warehouse_is_not_an_api(desk: Desk, name: str) -> None:
    assert desk.refusal(orders(), api=name) == (
        f"'{name}' cannot name an API: it is a schema of the warehouse's own; choose another"
    )


def test_a_name_that_is_too_long_is_refused(desk: Desk) -> None:
    assert desk.refusal(orders(), api="n" * 300) == (
        "the API's name has 300 letters; use 55 at most"
    )
    assert desk.new(orders(), api="n" * 55).text


def test_a_resource_with_a_long_name_gets_a_shorter_one(desk: Desk) -> None:
    written = desk.new(CONFIGURED.replace("orders", "n" * 300), file="shop.py")
    assert [r["name"] for r in written.attributes["resources"]] == ["n" * 55]
    assert any("does not fit a table" in line for line in written.assumed)


@pytest.mark.parametrize("link", ["shop", "shop/defs.yaml", "shop/schema.yaml"])
def test_nothing_is_written_through_a_link(desk: Desk, link: str) -> None:
    elsewhere = Path("elsewhere")
    elsewhere.mkdir()
    (elsewhere / "defs.yaml").write_text("mine")
    place = DEFS / link
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(elsewhere.resolve() if link == "shop" else (elsewhere / "defs.yaml").resolve())
    assert (
        desk.refusal(orders(), "--force") == f"{place} is a link to another place; remove it first"
    )
    assert [(p.name, p.read_text()) for p in elsewhere.iterdir()] == [("defs.yaml", "mine")]


def test_a_document_cannot_add_lines_to_what_is_written_or_printed(desk: Desk) -> None:
    name = "a\\nauth: {type: bearer}\\x1b[2K"
    written = desk.new(CONFIGURED.replace("'orders'", f"'{name}'"), file="shop.py")
    assert "auth" not in written.attributes
    assert "\x1b" not in written.text + written.report
    assert not [line for line in written.report.splitlines() if line.startswith("auth")]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such clock")
def test_what_no_other_limit_ends_is_ended_by_the_clock(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "SECONDS", 0.5)
    text = CONFIGURED.replace(
        "'orders'", f"{{'name': 'a', 'endpoint': {{'path': '/{'{x}/' * 20_000}'}}}}"
    )
    assert desk.refusal(text, file="shop.py") == (
        "shop.py takes more time or memory than a document may; leave out what does not configure "
        "the API"
    )


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such clock")
def test_an_alarm_leaves_the_one_around_it_set() -> None:
    def wake(*_: object) -> None:
        raise InterruptedError

    before = signal.signal(signal.SIGALRM, wake)
    outer = signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(TimeoutError), alarm(0.05):
            time.sleep(5)
        with pytest.raises(InterruptedError):
            time.sleep(5)
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *outer)
