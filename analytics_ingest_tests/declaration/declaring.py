"""Declarations in the tests are YAML, as users write them: short ways to resolve one."""

from typing import Any

import pytest
from pydantic import ValidationError

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest_tests.support.yaml_text import read_yaml

API = "shop"
BASE: dict[str, Any] = {
    "client": {"base_url": "https://shop.test"},
    "resource_defaults": {"primary_key": "id"},
    "resources": ["a"],
}


def declare(text: str, *, name: str = API, schema: str = "{}") -> ApiDeclaration:
    """Resolve the attributes of an API; client, key and one resource are there if not given."""
    api = Api.model_validate({**BASE, **read_yaml(text)})
    return resolve(name, api, read_yaml(schema))


def resource(text: str, *, schema: str = "{}") -> ResourceDeclaration:
    """Resolve the last resource of an API's attributes."""
    declared = read_yaml(text)["resources"][-1]
    name = declared if isinstance(declared, str) else declared["name"]
    return declare(text, schema=schema).resources[name]


def endpoint(text: str) -> ResourceDeclaration:
    """Resolve a resource `b` with this endpoint, beside two others: `a` and `c`."""
    return resource(f"resources: [a, c, {{name: b, endpoint: {{{text}}}}}]")


def mistake(text: str, *, name: str = API, schema: str = "{}") -> str:
    """The sentence with which a declaration is refused."""
    with pytest.raises(DeclarationError) as refused:
        declare(text, name=name, schema=schema)
    return str(refused.value)


def endpoint_mistake(text: str) -> str:
    """The sentence with which the endpoint of a resource `b`, beside `a` and `c`, is refused."""
    return mistake(f"resources: [a, c, {{name: b, endpoint: {{{text}}}}}]")


def parsing_error(text: str) -> ValidationError:
    """What pydantic says to a declaration with an unknown key or a wrong type."""
    with pytest.raises(ValidationError) as refused:
        declare(text)
    return refused.value
