"""What the demo prints: a table that grows row by row, and below it a line that changes.

The line is there only where somebody watches: in a file or a pipe each task is announced in a line
of its own, and nothing is overwritten. Everything but paths fits into 80 columns.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

HEADINGS = ("resource", "rows", "requests", "seconds", "checks")
_WIDTHS = (40, 7, 9, 8, 8)
_REFRESHES_A_SECOND = 4


class Display:
    """Writes to standard output; close it at the end."""

    def __init__(self) -> None:
        # A descriptor of its own: while a step runs, Dagster leads standard output into a file.
        self._file = os.fdopen(
            os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace"
        )
        self._console = Console(file=self._file, highlight=False, markup=False, soft_wrap=True)
        self._is_live = self._file.isatty() and not self._console.is_dumb_terminal

    def close(self) -> None:
        """Let go of standard output."""
        self._file.close()

    def write_line(self, text: str = "", style: str = "") -> None:
        """Write a line; the terminal breaks one that is too long."""
        self._console.print(text, style=style or None)

    def write_row(self, *cells: object) -> None:
        """Write a row of the table; one with fewer cells ends early."""
        first, *others = map(str, cells)
        widths = _WIDTHS[1:]
        aligned = [f"{cell:>{width}}" for cell, width in zip(others, widths, strict=False)]
        self.write_line("".join([f"{first:{_WIDTHS[0]}}", *aligned]).rstrip())

    @contextmanager
    def task(self, name: str, progress: Callable[[], str]) -> Iterator[None]:
        """Show progress while a block runs.

        Args:
            progress: How far it has come; called four times a second.
        """
        if not self._is_live:
            self.write_line(f"{name} ...")
            yield
            return

        def show() -> Text:
            return Text(f"{name}: {progress()}", "dim", no_wrap=True, overflow="ellipsis")

        with Live(
            console=self._console,
            get_renderable=show,
            refresh_per_second=_REFRESHES_A_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Format a number with its noun: `1 row`, `1,200 rows`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def format_rule(cells: Sequence[object]) -> str:
    """Format a line as long as a row of the table."""
    return "-" * sum(_WIDTHS[: len(cells)])
