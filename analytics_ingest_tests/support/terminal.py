"""A terminal of 80 columns: runs a Python module in one, and shows what is left on its screen.

python -m analytics_ingest_tests.support.terminal MODULE ARGUMENTS
"""

import os
import pty
import re
import sys

COLUMNS = 80
_SIZED = f'stty cols {COLUMNS} rows 24 && exec "$@"'
_CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(\r?\n)|(\r)")


def screen(output: str) -> list[str]:
    """The lines that a terminal shows in the end; colours are left out.

    It knows what rich uses: the line's start, the line above, and clearing a line.
    """
    lines, row, column, position = [""], 0, 0, 0
    for found in [*_CONTROL.finditer(output), None]:
        text = output[position : found.start() if found else None]
        lines[row] = lines[row][:column] + text + lines[row][column + len(text) :]
        column += len(text)
        if found is None:
            break
        position = found.end()
        if found[3]:
            row, column = row + 1, 0
            lines += [""] if row == len(lines) else []
        elif found[4]:
            column = 0
        elif found[2] == "A":
            row -= int(found[1] or 1)
        elif found[2] == "K":
            lines[row] = ""
    return lines


if __name__ == "__main__":
    command = ["sh", "-c", _SIZED, "sh", sys.executable, "-m", *sys.argv[1:]]
    sys.exit(os.waitstatus_to_exitcode(pty.spawn(command)))
