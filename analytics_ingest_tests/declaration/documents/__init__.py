"""The documents that the five shipped declarations implement, word for word, and their reader."""

import ast
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SECRET = "<secret>"


def text_of(api: str) -> str:
    """The document of an API."""
    return (FOLDER / f"{api}.txt").read_text()


def configuration_of(api: str) -> dict[str, Any]:
    """The configuration in a document's example, each secret replaced by `SECRET`."""
    example = re.search(r"```python\n.*?rest_api_source\((.*?)\)\n```", text_of(api), re.DOTALL)
    assert example, f"{api}.txt holds no example"
    code = re.sub(r"^\s*//.*$", "", example[1], flags=re.MULTILINE)
    code = re.sub(r'dlt\.secrets\["\w+"\]', repr(SECRET), code)
    configuration: dict[str, Any] = ast.literal_eval(code)
    return configuration
