"""A table without rows."""

from typing import Any


class EmptyTable(list[Any]):
    """No rows, and the header as the API sent it: it alone tells a page from a message."""

    def __init__(self, header: list[str]) -> None:
        super().__init__()
        self.header = header
