"""What the docstring below each key of a model says of it, for the reference and the JSON schema.

pydantic reads docstrings when it makes a model, with a tokenizer: a sixth of a second in each
process that imports the declaration. Here a file is parsed once, when somebody asks.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def read_key_docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return key → docstring, those of the model's bases included."""
    described: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            described |= _read_file(base.__module__).get(base.__name__, {})
    return described


@cache
def _read_file(module: str) -> Mapping[str, Mapping[str, str]]:
    """Read class → key → docstring; nothing where the source is not installed."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:
        return {}
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: dict(_read_docstrings(node.body)) for node in classes}


def _read_docstrings(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for key, text in pairwise(body):
        match key, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(docstring))),
            ):
                yield name, inspect.cleandoc(docstring)
            case _:
                pass
