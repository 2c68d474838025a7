"""A list that is read a block at a time, from where it is kept: rows as objects take ten times.

It reads like a list, each time from the start, so whoever takes rows from it holds one block.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

Change = Callable[[Any], Any]
Block = tuple[int, Callable[[], list[Any]]]
"""The number of values before a block, and the function that reads it."""


class LazyList(list[Any]):
    """A list of values that are read when they are asked for.

    Args:
        blocks: None of them is empty.
        length: The number of values.
        change: What is done to each value when it is read.
    """

    def __init__(self, blocks: list[Block], length: int, change: Change | None = None) -> None:
        super().__init__()
        self._blocks = blocks
        self._length = length
        self._change = change

    def iterate_blocks(self) -> Iterator[list[Any]]:
        """Yield the values, a plain list at a time."""
        return map(self._read, range(len(self._blocks)))

    def list_own_blocks(self) -> list[Block]:
        """List the blocks, their values as they are kept."""
        return self._blocks

    def map(self, change: Change) -> "LazyList":
        """Return the same list, with its values changed further when they are read."""
        first = self._change
        both = change if first is None else lambda value: change(first(value))
        return LazyList(self._blocks, self._length, both)

    def _read(self, number: int) -> list[Any]:
        _, read = self._blocks[number]
        values = read()
        return [self._change(value) for value in values] if self._change else values

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.iterate_blocks())

    def __reversed__(self) -> Iterator[Any]:
        for number in reversed(range(len(self._blocks))):
            yield from reversed(self._read(number))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._length))]
        position = index + self._length if index < 0 else index
        if not 0 <= position < self._length:
            raise IndexError(index)
        number = bisect_right(self._blocks, position, key=lambda block: block[0]) - 1
        return self._read(number)[position - self._blocks[number][0]]

    def __contains__(self, value: Any) -> bool:
        return any(value == item for item in self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list) or len(other) != self._length:
            return False
        return all(one == another for one, another in zip(self, other, strict=True))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # pyright: ignore[reportAssignmentType] - as of any list

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self))}]"


def concatenate(lists: Sequence[list[Any]]) -> list[Any]:
    """Return one list of the values of several."""
    if not any(isinstance(values, LazyList) for values in lists):
        return [value for values in lists for value in values]
    blocks: list[Block] = []
    length = 0
    for values in lists:
        own = values.list_own_blocks() if isinstance(values, LazyList) else [(0, values.copy)]
        blocks += [(length + before, read) for before, read in own] if values else []
        length += len(values)
    return LazyList(blocks, length)


def to_plain(value: Any) -> Any:
    """Return a value whose long lists are plain, because C code sees a `LazyList` as empty.

    What holds none stays the same object: a body that is its only row is known by that.
    """
    if isinstance(value, dict):
        plain = {key: to_plain(item) for key, item in value.items()}
        return plain if any(plain[key] is not item for key, item in value.items()) else value
    return list(value) if isinstance(value, LazyList) else value
