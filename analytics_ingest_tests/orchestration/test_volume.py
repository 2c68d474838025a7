"""Volume: a window with far too few or too many rows is reported, once there is enough to compare.

Resources of different habits are loaded together, day by day; on January 7th some are unusual.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import dagster as dg
import pytest

from analytics_ingest_tests.support.deployments import NOON, Outcome, at, deploy
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub

USUAL = 30

Rows = Callable[[int], int]
"""From a day of January to the number of its rows."""

EARLY = {"volume": {"history": 2}}

RESOURCES: Mapping[str, tuple[Mapping[str, Any], Rows]] = {
    "steady": (EARLY, lambda day: USUAL),
    "shrunk": (EARLY, lambda day: 7 if day == 7 else USUAL),
    "quiet": (EARLY, lambda day: 0 if day == 7 else USUAL),
    "grown": (EARLY, lambda day: 121 if day == 7 else USUAL),
    "shrunk_within_its_band": (
        {"volume": {"history": 2, "low": 0.1}},
        lambda day: 7 if day == 7 else USUAL,
    ),
    "small": (EARLY, lambda day: 0 if day == 7 else 5),
    "young": ({}, lambda day: 0 if day == 7 else USUAL),
}


def rows(count: Rows) -> list[Any]:
    """The rows of the days from the first, which everything older belongs to as well, to now."""
    per_day = {**{day: count(day) for day in (5, 6, 7)}, 1: 500, 10: 1}
    return [
        row(f"{day}-{number}", f"2026-01-{day:02}T10:00:00Z")
        for day, number_of_rows in per_day.items()
        for number in range(number_of_rows)
    ]


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Mapping[str, Outcome]]:
    api = hub.new_api()
    for name, (_, count) in RESOURCES.items():
        api.always(f"/{name}", {"data": rows(count)})
    with pytest.MonkeyPatch.context() as patch, at(NOON):
        patch.chdir(tmp_path_factory.mktemp("volume"))
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        with dg.DagsterInstance.ephemeral() as instance:
            declared = [resource(name, own=own) for name, (own, _) in RESOURCES.items()]
            deployment = deploy(declare(*declared), instance)
            found = {str(day): deployment.load(f"2026-01-0{day}") for day in (5, 6, 7)}
            found["alone"] = deployment.check("shrunk", "volume")
            api.always("/shrunk", {"data": rows(lambda day: USUAL)})
            found["mended"] = deployment.load("2026-01-07", only="shrunk")
            found["first"] = deployment.load("2026-01-01", only="steady")
            found["going on"] = deployment.load("2026-01-10", only="steady")
            found["two"] = deployment.load("2026-01-05", "2026-01-06", only="steady")
            yield found


def sentences(outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Resource → severity, empty where the check passed, and sentence."""
    return {
        name.removesuffix("/volume"): ("" if v.passed else v.severity, v.sentence)
        for name, v in outcome.verdicts.items()
        if name.endswith("/volume")
    }


@pytest.mark.parametrize(
    ("name", "severity", "sentence"),
    [
        ("steady", "", "30 rows; the median is 30."),
        (
            "shrunk",
            "WARN",
            "7 rows, where 7.5 to 120 are expected around the median of 30.",
        ),
        ("quiet", "WARN", "0 rows, where 7.5 to 120 are expected around the median of 30."),
        ("grown", "WARN", "121 rows, where 7.5 to 120 are expected around the median of 30."),
        ("shrunk_within_its_band", "", "7 rows; the median is 30."),
        ("small", "", "0 rows; the median of 5 is too small to compare."),
        ("young", "", "0 rows; 2 of 5 loads to compare with."),
    ],
)
def test_a_window_is_compared_with_its_predecessors(
    name: str, severity: str, sentence: str, loads: Mapping[str, Outcome]
) -> None:
    assert sentences(loads["7"])[name] == (severity, sentence)


def test_an_unusual_window_fails_no_other_check(loads: Mapping[str, Outcome]) -> None:
    assert set(loads["7"].failed) == {"shrunk/volume", "quiet/volume", "grown/volume"}


def test_without_enough_history_nothing_is_said(loads: Mapping[str, Outcome]) -> None:
    assert sentences(loads["5"])["steady"] == ("", "30 rows; 0 of 2 loads to compare with.")
    assert sentences(loads["6"])["steady"] == ("", "30 rows; 1 of 2 loads to compare with.")


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        ("first", "500 rows; 0 of 2 loads to compare with."),
        ("two", "60 rows; 0 of 2 loads to compare with."),
        ("going on", "1 row; the window has not ended."),
    ],
    ids=["the first, which takes all that is older", "two days", "a day that has not ended"],
)
def test_loads_of_another_kind_are_not_compared(
    load: str, sentence: str, loads: Mapping[str, Outcome]
) -> None:
    assert sentences(loads[load])["steady"] == ("", sentence)


def test_the_check_alone_judges_the_last_load(loads: Mapping[str, Outcome]) -> None:
    assert sentences(loads["alone"]) == {
        "shrunk": ("WARN", "7 rows, where 7.5 to 120 are expected around the median of 30.")
    }


def test_the_usual_number_of_rows_passes_again(loads: Mapping[str, Outcome]) -> None:
    assert sentences(loads["mended"])["shrunk"] == ("", "30 rows; the median is 30.")
