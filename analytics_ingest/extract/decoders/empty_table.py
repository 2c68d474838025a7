"""A table without rows: its header is all that tells it from a message in its place."""

from typing import Any

from analytics_ingest.common.column_names import snake_case
from analytics_ingest.declaration.resolved import ResourceDeclaration

_OF_MESSAGES = ("", "text/plain", "text/html", "application/json", "application/problem+json")


class EmptyTable(list[Any]):
    """No rows, and the names of the columns that they would have."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names


def header_problem(
    body: Any, content_type: str | None, resource: ResourceDeclaration
) -> str | None:
    """Why a body is not a page without rows; None if it is, or is something else.

    One line of any text is CSV: a header. It is believed where it names a column that is declared,
    or where the API says what it has sent.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if not isinstance(body, EmptyTable) or kind not in _OF_MESSAGES:
        return None
    cursor = [resource.incremental.cursor_path] if resource.incremental else []
    declared = {*resource.primary_key, *cursor, *resource.fields}
    if {*map(snake_case, declared)} & {*map(snake_case, body.names)}:
        return None
    return (
        "the response is one line, and none of its values is the name of a declared column, so it "
        "may be a message; check the path and the key. If it is a header, declare its columns in "
        "schema.yaml, or decoder.columns"
    )
