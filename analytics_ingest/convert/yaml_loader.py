"""Reads YAML with libyaml, whose depth is limited: nesting without end would end the process."""

from typing import Any

import yaml

_DEEPEST = 300


class LimitedLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader, fast, and with an end to nesting."""

    _depth = 0

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Note that a node begins within another.

        Raises:
            RecursionError: It is too deep.
        """
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RecursionError("the document is nested too deeply")

    def ascend_resolver(self) -> None:
        """Note that a node ends."""
        self._depth -= 1
