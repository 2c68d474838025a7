"""Which configured values are secrets, and how they are found in a text."""

from pathlib import Path

import pytest

from analytics_ingest.common.project import locate_project
from analytics_ingest.orchestration.alerts.redaction import redact_configured_secrets


@pytest.mark.parametrize(
    ("variable", "value", "text", "redacted"),
    [
        ("SOURCES__DEMO__API_KEY", "s3cret", "the key s3cret is wrong", "the key *** is wrong"),
        ("SOURCES__DEMO__API_KEY", "a b/c&d", "?key=a%20b%2Fc%26d", "?key=***"),
        ("SOURCES__DEMO__API_KEY", "a b/c&d", "?key=a+b%2Fc%26d", "?key=***"),
        ("SOURCES__DEMO__API_KEY", "a b/c&d", "?key=a%20b%2fc%26d", "?key=***"),
        (
            "DESTINATION__WAREHOUSE__CREDENTIALS",
            "postgresql://loader:passw0rd@db.internal:5432/wh",
            "cannot open postgresql://loader:passw0rd@db.internal:5432/wh",
            "cannot open ***",
        ),
        (
            "DESTINATION__WAREHOUSE__CREDENTIALS",
            "postgresql://loader:pass%2Fw0rd@db.internal:5432/wh",
            "user loader may not log in with pass/w0rd",
            "user loader may not log in with ***",
        ),
        (
            "LIMITS__URL",
            "postgresql://loader:passw0rd@db.internal:5432/limits",
            "user loader may not log in with passw0rd",
            "user loader may not log in with ***",
        ),
        (
            "ANALYTICS_INGEST_CELERY_URL",
            "redis://:passw0rd@queue.internal:6379/0",
            "cannot reach redis://:passw0rd@queue.internal:6379/0",
            "cannot reach ***",
        ),
        ("LIMITS__URL", "files", "working files are left", None),
        (
            "ANALYTICS_INGEST_NOTIFY_URLS",
            "json://host/t0ken",
            "cannot reach json://host/t0ken",
            "cannot reach ***",
        ),
        ("SOURCES__DEMO__BASE_URL", "https://a.example", "GET https://a.example", None),
        ("DESTINATION__WAREHOUSE__DESTINATION_TYPE", "duckdb", "duckdb is locked", None),
        ("SOURCES__DEMO__API_KEY", "abc", "abc is too short to be redacted", None),
        ("HOME", "/root/somewhere", "/root/somewhere is full", None),
    ],
    ids=[
        "a key",
        "quoted in a path",
        "quoted in a query",
        "quoted in lower case",
        "a connection string",
        "its password alone",
        "the password of the limits",
        "the address of Celery's queue",
        "no place of limits",
        "a service's URL",
        "no base URL",
        "no destination type",
        "nothing short",
        "no other variable",
    ],
)
def test_values_in_the_environment(
    variable: str,
    value: str,
    text: str,
    redacted: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, value)
    assert redact_configured_secrets(text, locate_project()) == (
        text if redacted is None else redacted
    )


def test_values_in_the_secrets_file(project: Path) -> None:
    (project / ".dlt").mkdir()
    (project / ".dlt" / "secrets.toml").write_text(
        """
        [sources.demo]
        api_key = "t0ken"
        base_url = "https://a.example"
        [destination.warehouse.credentials]
        username = "loader"
        password = 123456
        [runtime]
        log_level = "WARNING"
        """
    )
    text = "WARNING: loader with 123456 asked https://a.example with t0ken"
    assert (
        redact_configured_secrets(text, locate_project())
        == "WARNING: *** with *** asked https://a.example with ***"
    )


def test_a_secret_that_holds_another_is_taken_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__ONE__API_KEY", "s3cret")
    monkeypatch.setenv("SOURCES__TWO__API_KEY", "s3cret-and-more")
    assert redact_configured_secrets("s3cret-and-more, s3cret", locate_project()) == "***, ***"
