"""An API that wants a bearer token and counts its pages, as scripts of a scripted API."""

from collections.abc import Sequence
from typing import Any

from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script

TOKEN = "t0ken-of-the-test"


def paged(rows: Sequence[dict[str, Any]], *, first: int) -> Script:
    """Answer `page` and `per_page` with rows under `data`.

    Args:
        first: The number of the first page.
    """

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply({"error": "a bearer token is needed"}, 401)
        size = int(asked.query["per_page"])
        start = (int(asked.query["page"]) - first) * size
        return Reply({"data": rows[start : start + size]})

    return answer
