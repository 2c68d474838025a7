"""How the loading layer tells what happens: a function that takes a line, given by the caller."""

from collections.abc import Callable

LogLine = Callable[[str], None]
