"""The settings in docs/destinations.md are ones that dlt reads, each where the document means it.

They are resolved as for a load, without a driver and without connecting.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import dlt
import pytest
from dlt.common.configuration.resolve import resolve_configuration

from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.warehouses import (
    CREDENTIALS_SETTING,
    FORMAT_SETTING,
    TYPE_SETTING,
)

DOCUMENT = (ROOT / "docs" / "destinations.md").read_text()
EXPORT = re.compile(r"^export (\w+)=(?:'([^']*)'|(\S+))", re.MULTILINE)
PREFIX = "DESTINATION__WAREHOUSE__"

KEY_OF_SERVICE_ACCOUNT = json.dumps(
    {"type": "service_account", "project_id": "p", "client_email": "e", "private_key": "k"}
)
STANDS_FOR = {'{"project_id": …}': KEY_OF_SERVICE_ACCOUNT}

WRITTEN_IN_ONE: Mapping[str, Mapping[str, Any]] = {
    "duckdb": {"database": "/srv/analytics/warehouse.duckdb"},
    "postgres": {"username": "loader", "host": "localhost", "port": 5432, "database": "analytics"},
    "filesystem": {"project_id": "p", "client_email": "e", "private_key": "k"},
    "snowflake": {
        "username": "loader",
        "password": "password",
        "host": "account",
        "database": "analytics",
        "warehouse": "load_wh",
        "role": "loader",
    },
    "clickhouse": {
        "username": "loader",
        "host": "host",
        "port": 9440,
        "database": "analytics",
        "http_port": 8443,
        "secure": 1,
    },
    "motherduck": {"database": "analytics", "password": "…"},
}
"""Kind of destination → what dlt must find in the credentials that are one setting."""


def blocks() -> list[dict[str, str]]:
    """The settings of each block of the document."""
    found = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    exports = [{name: quoted or bare for name, quoted, bare in EXPORT.findall(b)} for b in found]
    return [settings for settings in exports if settings]


def kind_of(settings: Mapping[str, str]) -> str:
    is_bucket = any(name.endswith("BUCKET_URL") for name in settings)
    return settings.get(TYPE_SETTING, "filesystem" if is_bucket else "duckdb")


@pytest.mark.parametrize("settings", blocks(), ids=kind_of)
def test_every_documented_setting_is_read(
    settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = kind_of(settings)
    for name, value in settings.items():
        assert name.startswith(PREFIX)
        monkeypatch.setenv(name, STANDS_FOR.get(value, value))
    # Azure's driver would make one of the key.
    monkeypatch.setenv(f"{CREDENTIALS_SETTING}__AZURE_STORAGE_SAS_TOKEN", "token")
    spec: Any = dlt.destination("warehouse", destination_type=kind).spec()
    resolved: Any = resolve_configuration(
        spec._bind_dataset_name("demo"), sections=("destination", "warehouse")
    )
    for name, value in settings.items():
        if name == CREDENTIALS_SETTING:
            wanted = WRITTEN_IN_ONE[kind]
            found = {key: getattr(resolved.credentials, key) for key in wanted}
            assert {key: _stripped(value) for key, value in found.items()} == wanted
        elif name not in (TYPE_SETTING, FORMAT_SETTING):
            assert _stripped(_found(resolved, name)) == value


def test_all_destinations_that_have_a_section_are_among_them() -> None:
    named = set(re.findall(r"^\| \[.*?\| `(\w+)` \|", DOCUMENT, re.MULTILINE))
    assert {kind_of(settings) for settings in blocks()} == named


def _found(resolved: Any, name: str) -> Any:
    for part in name.removeprefix(PREFIX).lower().split("__"):
        resolved = getattr(resolved, part)
    return resolved


def _stripped(value: Any) -> Any:
    """A value as it was written: dlt ends a private key with a new line."""
    return value.rstrip("\n") if isinstance(value, str) else value
