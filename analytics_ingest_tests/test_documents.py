"""What the documents refer to exists."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
NAMED_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def test_every_promise_names_a_test_that_exists() -> None:
    named = NAMED_TEST.findall((ROOT / "docs/reliability.md").read_text(encoding="utf-8"))
    rows = (ROOT / "docs/reliability.md").read_text(encoding="utf-8").count("` |\n")
    assert len(named) == rows > 50
    assert [f"{file}::{test}" for file, test in named if test not in functions_of(file)] == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
    links = [(d, link) for d in documents for link in LINK.findall(d.read_text(encoding="utf-8"))]
    assert links
    assert [(d.name, link) for d, link in links if not (d.parent / link).exists()] == []


def functions_of(file: str) -> set[str]:
    path = TESTS / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
