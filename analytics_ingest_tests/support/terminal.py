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


if __name__ == "__main__":
    command = ["sh", "-c", _SIZED, "sh", sys.executable, "-m", *sys.argv[1:]]
    sys.exit(os.waitstatus_to_exitcode(pty.spawn(command)))
