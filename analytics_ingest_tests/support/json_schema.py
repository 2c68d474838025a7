"""The JSON schema of an API's declaration, built once for all tests."""

from functools import cache
from typing import Any

from analytics_ingest.declaration.models.api import Api


@cache
def api_schema() -> dict[str, Any]:
    """What editors and Dagster's checks read; nobody changes it."""
    return Api.model_json_schema()
