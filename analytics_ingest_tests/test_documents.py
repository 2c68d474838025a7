"""What the documents refer to exists, and the site is built of them."""

import ast
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

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


def test_the_readme_is_short_and_names_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) < 120
    pages = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert pages - set(LINK.findall(readme)) == set()


@pytest.mark.skipif(not find_spec("mkdocs"), reason="the extra docs is not installed")
def test_the_site_is_built_of_all_pages_and_a_broken_link_fails(tmp_path: Path) -> None:
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    built = build_site(tmp_path)
    assert built.returncode == 0, built.stdout
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert pages <= {path.stem for path in (tmp_path / "site").glob("*.html")}
    with (tmp_path / "docs" / "scale.md").open("a") as page:
        page.write("\n[nowhere](operations.md#nowhere)\n")
    broken = build_site(tmp_path)
    assert broken.returncode == 1
    assert "#nowhere" in broken.stdout


def build_site(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Build the site of a folder as `make docs` does."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def functions_of(file: str) -> set[str]:
    path = TESTS / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
