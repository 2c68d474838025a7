"""The present in a document's Python becomes an expression that is evaluated by each request."""

from datetime import date, datetime, timedelta, timezone

import pytest

from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest_tests.convert.writing import Desk, orders

UTC = timezone.utc
TEXTS = [
    "date.today().isoformat()",
    "str(date.today())",
    "f'{date.today()}'",
    "(date.today() - timedelta(days=30)).isoformat()",
    "(datetime.now(UTC) + timedelta(weeks=1)).strftime('%d.%m.%Y')",
    "datetime.now(tz=UTC).date().strftime('%Y%m%d')",
]
CODE = [
    "datetime.now()",
    "datetime.now().timestamp()",
    "date.today() - timedelta(hours=3)",
    "(date.today() - timedelta(days=n)).isoformat()",
    "date.today().strftime('{}')",
    "datetime.now(ZoneInfo('Asia/Tokyo')).isoformat()",
    "datetime.now(tz=ZoneInfo('America/New_York')).date().isoformat()",
    "pendulum.today().strftime('%H')",
    "date.today().replace(day=1).isoformat()",
]


def send(desk: Desk, code: str) -> tuple[object, list[str]]:
    """What a parameter with some code is in the declaration, and what is assumed."""
    written = desk.new(orders(f'"params": {{"x": {code}}}'))
    return written.endpoint().get("params", {}).get("x"), written.assumed


@pytest.mark.parametrize("code", TEXTS)
def test_a_day_near_the_present_is_an_expression(desk: Desk, code: str) -> None:
    known = {"date": date, "datetime": datetime, "timedelta": timedelta, "UTC": UTC}
    before = eval(code, known)
    text, _ = send(desk, code)
    assert evaluate(str(text), {}, "x") in (before, eval(code, known))


@pytest.mark.parametrize("code", CODE)
def test_another_moment_is_omitted_and_reported(desk: Desk, code: str) -> None:
    text, assumed = send(desk, code)
    assert text is None
    assert any("endpoint.params.x is left out" in line for line in assumed)


def test_the_present_is_part_of_a_text(desk: Desk) -> None:
    text, _ = send(desk, "f\"{dlt.config['begin']},{date.today()}\"")
    assert text == "{settings.begin},{{ day_delta(0, format='%Y-%m-%d') }}"


@pytest.mark.parametrize(
    ("code", "days", "time"),
    [
        ("pendulum.today().subtract(days=7).isoformat()", -7, "00:00:00+00:00"),
        ("datetime.now(timezone.utc).isoformat()", 0, "%H:%M:%S+00:00"),
    ],
)
def test_midnight_and_the_offset_of_utc_are_kept(
    desk: Desk, code: str, days: int, time: str
) -> None:
    text, _ = send(desk, code)
    assert text == f"{{{{ day_delta({days}, format='%Y-%m-%dT{time}') }}}}"


def test_the_present_is_reported(desk: Desk) -> None:
    _, assumed = send(desk, "date.today().isoformat()")
    reason = "the present, where the document's code reads it, is that of each request, in UTC"
    assert reason in assumed
