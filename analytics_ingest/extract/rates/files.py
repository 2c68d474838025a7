"""Rate budgets that the runs of one machine share: files, behind a lock that no dead run keeps.

    number, newest, remaining, resets_at | moment 0 | moment 1 | … | moment size - 1

A request writes its moment, then the head. A run that is killed in between leaves a moment newer
than `newest` instead of the oldest; the next run counts it.
"""

import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from filelock import lock_descriptor, unlock_descriptor

from analytics_ingest.common.project import make_private_folder
from analytics_ingest.extract.concurrency.locks import explain_unwritable
from analytics_ingest.extract.rates.state import LEAD, BudgetState, Ring

_HEAD = struct.Struct("<Qdqd")
_MOMENT = struct.Struct("<d")
_LARGEST_NUMBER = 2**62
_UNKNOWN = -(2**63)
"""The number of remaining requests, where no header has said it."""


class FileRates:
    """The budgets of an API in a folder.

    Raises:
        LimitsError: The folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, FileIO] = {}
        with explain_unwritable("rate budgets", self._folder):
            make_private_folder(folder)

    @contextmanager
    def lock(self, rings: Sequence[Ring]) -> Iterator[tuple[float, list[BudgetState]]]:
        with explain_unwritable("rate budgets", self._folder):
            lock = self._open_file("rates.lock").fileno()
            lock_descriptor(lock)
        try:
            now = time.time()
            with explain_unwritable("rate budgets", self._folder):
                states = [self._read(ring, now) for ring in rings]
            before = [(state.number, state.remaining, state.resets_at) for state in states]
            yield now, states
            for ring, state, (number, *of_headers) in zip(rings, states, before, strict=True):
                if state.postponed:
                    with explain_unwritable("rate budgets", self._folder):
                        self._postpone(ring, state, *state.postponed)
                if state.number > number or [state.remaining, state.resets_at] != of_headers:
                    with explain_unwritable("rate budgets", self._folder):
                        self._write(ring, state, is_counted=state.number > number)
        finally:
            unlock_descriptor(lock)

    def count_since(self, ring: Ring, moment: float) -> int:
        return sum(at > moment for at in self._read_moments(ring))

    def close(self) -> None:
        while self._files:
            self._files.popitem()[1].close()

    def _read(self, ring: Ring, now: float) -> BudgetState:
        head = self._read_at(ring, 0, _HEAD.size)
        if len(head) < _HEAD.size:
            return BudgetState()
        number, newest, remaining, resets_at = _HEAD.unpack(head)
        if number > _LARGEST_NUMBER:
            return BudgetState()  # The file is damaged.
        state = BudgetState(number, newest, 0.0, None, resets_at)
        state.remaining = None if remaining == _UNKNOWN else remaining
        state.oldest = self._read_moment(ring, number)
        if state.oldest > newest:
            state.number, state.newest = number + 1, state.oldest
            state.oldest = self._read_moment(ring, state.number)
        if state.is_ahead(now):
            self._set_back(ring, state, now)
        return state

    def _write(self, ring: Ring, state: BudgetState, *, is_counted: bool) -> None:
        if ring.size and is_counted:
            self._put(ring, _find_place(ring, state.number - 1), _MOMENT.pack(state.newest))
        remaining = _UNKNOWN if state.remaining is None else state.remaining
        self._put(ring, 0, _HEAD.pack(state.number, state.newest, remaining, state.resets_at))

    def _postpone(self, ring: Ring, state: BudgetState, before: float, after: float) -> None:
        passed: list[tuple[int, float]] = []
        for number in range(state.number - 1, max(state.number - ring.size, 0) - 1, -1):
            moment = self._read_moment(ring, number)
            if moment < before - LEAD:
                return
            passed.insert(0, (number, moment))
            if moment == before:
                break
        else:
            return
        # First: a moment that is newer than the head would count as another request.
        state.newest = max(state.newest, after)
        self._write(ring, state, is_counted=False)
        moments = sorted([*(moment for _, moment in passed[1:]), after])
        for (number, moment), later in zip(passed, moments, strict=True):
            if moment != later:
                self._put(ring, _find_place(ring, number), _MOMENT.pack(later))

    def _set_back(self, ring: Ring, state: BudgetState, now: float) -> None:
        state.set_back(now)
        moments = (min(moment, now) for moment in self._read_moments(ring))
        self._put(ring, _HEAD.size, b"".join(map(_MOMENT.pack, moments)))
        self._write(ring, state, is_counted=False)

    def _read_moments(self, ring: Ring) -> list[float]:
        content = self._read_at(ring, _HEAD.size, ring.size * _MOMENT.size)
        whole = content[: len(content) // _MOMENT.size * _MOMENT.size]
        return [moment for (moment,) in _MOMENT.iter_unpack(whole)]

    def _read_moment(self, ring: Ring, number: int) -> float:
        content = self._read_at(ring, _find_place(ring, number), _MOMENT.size) if ring.size else b""
        return _MOMENT.unpack(content)[0] if len(content) == _MOMENT.size else 0.0

    def _read_at(self, ring: Ring, place: int, size: int) -> bytes:
        file = self._open_file(f"{ring.key}.rate")
        file.seek(place)
        return file.read(size) or b""

    def _put(self, ring: Ring, place: int, content: bytes) -> None:
        file = self._open_file(f"{ring.key}.rate")
        file.seek(place)
        file.write(content)

    def _open_file(self, name: str) -> FileIO:
        if name not in self._files:
            path = self._folder / name
            path.touch(0o600)
            self._files[name] = FileIO(path, "r+")
        return self._files[name]


def _find_place(ring: Ring, number: int) -> int:
    return _HEAD.size + number % ring.size * _MOMENT.size
