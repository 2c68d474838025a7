"""A terminal of 80 columns: runs a Python module in one, and shows what is left on its screen.

python -m analytics_ingest_tests.support.terminal MODULE ARGUMENTS
"""

import fcntl
import os
import pty
import re
import runpy
import struct
import sys
import termios
from contextlib import suppress

COLUMNS = 80
_CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(\r?\n)|(\r)")


def screen(output: str) -> list[str]:
    """The lines that a terminal shows in the end; without colours.

    It knows what rich uses: the line's start, the line above, and clearing a line.
    """
    lines, row, column, position = [""], 0, 0, 0
    for code in [*_CONTROL.finditer(output), None]:
        text = output[position : code.start() if code else None]
        lines[row] = lines[row][:column] + text + lines[row][column + len(text) :]
        column += len(text)
        if code is None:
            break
        position = code.end()
        if code[3]:
            row, column = row + 1, 0
            lines += [""] if row == len(lines) else []
        elif code[4]:
            column = 0
        elif code[2] == "A":
            row -= int(code[1] or 1)
        elif code[2] == "K":
            lines[row] = ""
    return lines


def main() -> int:
    """Run the module in a child with a terminal, and print all that it prints there."""
    child, terminal = pty.fork()
    if not child:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        return 0
    with suppress(OSError):  # nobody has the terminal open any more
        while printed := os.read(terminal, 65_536):
            os.write(1, printed)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
