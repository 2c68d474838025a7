"""Functions by which a document makes parts of its configuration: `resource("orders")`.

A call stands for what the function returns, its parameters and variables filled in. Conditions and
loops of a body are followed as if they stood outside of it, as everywhere in the code of documents.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Function:
    """A function of the document."""

    line: int
    """Line of the document on which what it returns begins."""
    parameters: list[str]
    defaults: dict[str, Any]
    variables: list[tuple[str, ast.expr]] = field(default_factory=list)
    """What is assigned in its body, in this order."""
    returned: ast.expr | None = None

    def bound(self, positional: list[Any], keywords: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the parameters in a call."""
        return {
            **self.defaults,
            **dict(zip(self.parameters, positional, strict=False)),
            **keywords,
        }
