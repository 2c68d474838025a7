"""One word for one thing: words that the field does not use are in no name, message or document.

Names are the ones that a file defines. Prose is every text, docstring and comment of the code,
every document, and the sentence that is the name of a test. A pattern excludes the uses that are
ordinary English.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
THIS = Path(__file__)


class Word(NamedTuple):
    """A word that is not used, and the one to use instead."""

    pattern: str
    use: str


NAMES = [
    Word(r"(?<!in_)flight", "request queue, pending request"),
    Word("trail", "loop guard"),
    Word("steadiness", "shift check"),
    Word("emptiness|proof|proven", "empty-result probe, evidence"),
    Word("narrowing|narrowed", "window filter"),
    Word("turn", "write lock, slot"),
    Word("doors?", "queue lock"),
    Word("pace", "adaptive concurrency"),
    Word("silence", "pause"),
    Word("figures|examination", "table profile, resource checks, numbers"),
    Word("judgements?|verdicts?", "check, check outcome"),
    Word("sorting|sorter", "routing"),
    Word("fitted", "coercion, fit_to_model"),
    Word("garbage|staying", "gc freeze"),
    Word("hide|discreet", "redact"),
    Word("trial", "preview"),
    Word("told", "message, log line, report"),
    Word("ever", "unbounded"),
]
"""Parts of names, between underscores or capitals."""

WHOLE_NAMES = [
    Word("found", "match, result, or what it is"),
    Word("written", "raw, or what it is"),
    Word("turned|shaped|fit", "convert, normalize, rename, coerce"),
    Word("refusals", "error bodies"),
    Word("storable", "coercion"),
]

KEPT = {"figures", "in_turn", "verdicts"}
"""Names of the tests' support that many tests use."""

PROSE = [
    Word(r"for ever\b|(?<!\[)since ever\b", "forever, unbounded"),
    Word(
        r"(?<!there )\b(is|are|was|were|be) no (?!longer|more|less|fewer|\w+er\b|one\b)",
        "is not a",
    ),
    Word(r"\btold\b", "reported, logged"),
    Word(r"\bleft alone\b|\bleaves? alone\b", "paused"),
    Word(r"\bleft out\b(?!:)", "omitted, redacted"),
    Word(r"\bfor silence\b|\bsilence\b", "Retry-After, pause"),
    Word(r"\b(asks?|asked) for ahead\b|ahead of need", "prefetch"),
    Word(r"\bon (its|their|the) way\b", "in flight"),
    Word(r"leads? nowhere", "is not valid"),
    Word(r"\bas far as\b", "where, as much as"),
    Word(r"\bmade-up\b", "invalid"),
    Word(r"\bverdicts?\b|\bjudgements?\b", "check outcome"),
    Word(r"\bsteadiness\b", "shift check"),
    Word(r"\bemptiness\b", "empty-result probe"),
    Word(r"\bnarrowing\b", "window filter"),
    Word(r"\btakes? turns\b|\b(its|their) turn\b", "write one after the other, lock"),
    Word(r"\bgarbage\b(?! collect)", "garbage collector"),
    Word(r"\bdiscreet(ly)?\b", "redacted"),
    Word(r"\bdialect\b|\bfamily\b|form of (the )?documents", "Airbyte low-code keys"),
    Word(r"\bdoors?\b", "queue lock"),
    Word(r"\bst(ands?|ood)\b(?! for)", "is, cannot be combined with"),
]

ANY_OF_PROSE = re.compile("|".join(f"(?:{word.pattern})" for word in PROSE), re.IGNORECASE)

PACKAGE = sorted((ROOT / "analytics_ingest").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))
SUPPORT = sorted((ROOT / "analytics_ingest_tests" / "support").rglob("*.py"))
CODE = [*PACKAGE, *BENCHMARKS, *SUPPORT]
TESTS = sorted((ROOT / "analytics_ingest_tests").rglob("test_*.py"))
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "analytics_ingest" / "defs").rglob("*.yaml")),
    ROOT / "Makefile",
    ROOT / "pyproject.toml",
    ROOT / "dagster.yaml",
]


def test_code_uses_the_words_of_the_field() -> None:
    unusual: list[str] = []
    for path in CODE:
        source, kept = path.read_text(encoding="utf-8"), KEPT if path in SUPPORT else set()
        nodes = list(ast.walk(ast.parse(source)))
        defined = [(line, name) for line, name in names(path, nodes) if name not in kept]
        unusual += [f"{place(path)}:{f}" for n, name in defined for f in unusual_names(n, name)]
        texts = [*strings(nodes), *comments(source)]
        unusual += [f"{place(path)}:{f}" for n, text in texts for f in unusual_prose(n, text)]
    assert not unusual, "\n".join(unusual)


def test_documents_use_the_words_of_the_field() -> None:
    unusual: list[str] = []
    for path in DOCUMENTS:
        lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        unusual += [f"{place(path)}:{f}" for n, line in lines for f in unusual_prose(n, line)]
    assert not unusual, "\n".join(unusual)


def test_names_of_tests_use_the_words_of_the_field() -> None:
    unusual: list[str] = []
    for path in TESTS:
        for name in re.findall(
            r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            sentence = name.replace("_", " ")
            unusual += [f"{path.name}: {f}" for f in unusual_names(1, name)]
            unusual += [f"{path.name}: {sentence}: {f}" for f in unusual_prose(1, sentence)]
    assert not unusual, "\n".join(unusual)


@pytest.mark.parametrize(
    "text", ["requests in flight", "there is no key", "is no faster", "garbage collector"]
)
def test_ordinary_english_is_allowed(text: str) -> None:
    assert unusual_prose(1, text) == []


@pytest.mark.parametrize("text", ["'x' is no list", "repeated for ever", "what was told"])
def test_the_words_are_noticed(text: str) -> None:
    assert unusual_prose(1, text)


@pytest.mark.parametrize("name", ["found", "what_is_told", "RowSorter", "_turn"])
def test_the_names_are_noticed(name: str) -> None:
    assert unusual_names(1, name)


def test_a_comment_is_noticed() -> None:
    source = 'color = "#fff"  # what was told\n# garbage\nx = 1\n'
    assert [f[:1] for n, t in comments(source) for f in unusual_prose(n, t)] == ["1", "2"]


def place(path: Path) -> str:
    """A file's path in the checkout."""
    return str(path.relative_to(ROOT))


def names(path: Path, nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """The names that a file defines, its own included."""
    yield 1, path.stem
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def strings(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """The texts and docstrings of a file; parts of an f-string each on their own."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.split())


def comments(source: str) -> Iterator[tuple[int, str]]:
    """The comments of a file; and the rest of a text with a #, which does no harm."""
    for number, line in enumerate(source.splitlines(), 1):
        if "#" in line:
            yield number, line[line.index("#") :]


def unusual_names(line: int, name: str) -> list[str]:
    """What is wrong with a name, as `line: name: what to use`."""
    return [f"{line}: {name}: {word.use}" for word in words_not_used(name)]


@cache
def words_not_used(name: str) -> list[Word]:
    """The words in a name that are not used; files share many names."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")
    parts = [word for word in NAMES if re.search(rf"(?<![a-z])({word.pattern})(?![a-z])", snake)]
    whole = [word for word in WHOLE_NAMES if re.fullmatch(word.pattern, snake)]
    return [*parts, *whole]


def unusual_prose(line: int, text: str) -> list[str]:
    """What is wrong with a text, as `line: the words: what to use`."""
    if not ANY_OF_PROSE.search(text):
        return []
    return [
        f"{line}: {match[0].strip()}: {word.use}"
        for word in PROSE
        for match in re.finditer(word.pattern, text, re.IGNORECASE)
    ]
