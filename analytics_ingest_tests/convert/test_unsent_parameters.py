"""A shared parameter that a resource does not send, as the prose says, is null there."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, Written, shop

UNITS = '{"name": "units", "endpoint": {"path": "/units"}}'
STOCKS = '{"name": "stocks", "endpoint": {"path": "/stocks"}}'
SHARED = (
    '"resource_defaults": {"primary_key": "id", "endpoint": {"params": {"region": "north", '
    '"size": 5}}}'
)


def new(desk: Desk, prose: str, units: str = UNITS) -> Written:
    return desk.new(shop(units, STOCKS, defaults=SHARED, prose=f"# Resources\n\n{prose}\n"))


SENTENCES = [
    "The parameter `region` is not sent with `units`.",
    "The query parameter `region` is not passed for `units`.",
    "`region` is not sent with requests of `units`.",
    "The parameter `region` is never sent for the units.",
    "`units` do not take the parameter `region`.",
    "`units` does not accept `region`.",
    "The resource `units` does not support the parameter `region`.",
    "Requests for `units` do not have the parameter `region`.",
    "`units` is requested without the parameter `region`.",
    "The units are read without `region`.",
    "- **units**: the parameter `region` is not sent with them",
    "**units**: kinds of units. They do not belong to a region, so the parameter `region` is not"
    " sent with them.",
    "### Units\n\nThe parameter `region` is not sent with it.",
    "### Units\n\nThey do not know the parameter `region`.",
    "- `units`: it does not take `region`.",
]


@pytest.mark.parametrize("prose", SENTENCES)
def test_a_shared_parameter_that_a_resource_does_not_send_is_null(desk: Desk, prose: str) -> None:
    written = new(desk, prose)
    assert written.endpoint("units")["params"] == {"region": None}
    assert "params" not in written.endpoint("stocks")
    reason = "units: its requests do not send the shared parameter region, as the prose says"
    assert reason in written.assumed


HAS_NONE = [
    "`units` is the exception: it has neither dates nor the parameters `region` and `size`.",
    "`units` has no parameters `region` and `size`.",
    "### Units\n\nIt takes none of the parameters `region`, `size`.",
    "- **units**: it accepts no parameters `region` or `size`.",
]


@pytest.mark.parametrize("prose", HAS_NONE)
def test_parameters_that_a_resource_does_not_have_are_null(desk: Desk, prose: str) -> None:
    written = new(desk, prose)
    assert written.endpoint("units")["params"] == {"region": None, "size": None}
    assert "params" not in written.endpoint("stocks")


OTHERS = [
    "If `units` has no parameter `region`, it is added.",
    "`units` of the shop has no parameter `region` on weekends, `stocks` may.",
    "Unlike `units`, `stocks` or others has no parameter `region`.",
    "The console has no parameter `region`.",
    "`units` may have no parameter `region`.",
    "The parameter `region` is sent with `units`.",
    "The parameter `region` is not sent with `units` if it is empty.",
    "If no region is set, the parameter `region` is not sent with `units`.",
    "The parameter `region` might not be sent with `units`.",
    "The parameter `region` was not sent with `units`.",
    "The parameter `region` is usually not sent with `units`.",
    "The parameter `region` is not sent with webhooks of `units`.",
    "The parameter `region` is not sent with `shops`.",
    "The parameter `region` is not sent with `units` and `shops`.",
    "The parameter `colour` is not sent with `units`.",
    "The parameter `region` is not sent.",
    "`units` do not have `region`.",
    "`region` is not given for `units`.",
    "The header `region` is not sent with `units`.",
    "`units` do not have the field `region`.",
    "`units` do not take `region` and `size` together.",
    "The first request of `units` does not have the parameter `region`.",
    "## Legacy\n\nThe parameter `region` is not sent with `units`.",
]


@pytest.mark.parametrize("prose", OTHERS)
def test_another_sentence_omits_no_parameter(desk: Desk, prose: str) -> None:
    written = new(desk, prose)
    assert all("params" not in written.endpoint(name) for name in ("units", "stocks"))


def test_a_parameter_that_the_resource_configures_stays(desk: Desk) -> None:
    units = UNITS.replace("}}", ', "params": {"region": "south"}}}')
    written = new(desk, "The parameter `region` is not sent with `units`.", units)
    assert written.endpoint("units")["params"] == {"region": "south"}
    reason = "units: its parameter region is sent, as configured; the prose says otherwise"
    assert reason in written.assumed


@pytest.mark.parametrize(
    "sentence",
    [
        "`units` are requested without `region`, `stocks` with it.",
        "The units are read without `region`, and `stocks` with it.",
        "`units` are listed without the parameter `region`, but `stocks` are requested with it.",
    ],
)
def test_what_the_others_send_is_not_omitted(desk: Desk, sentence: str) -> None:
    written = new(desk, sentence)
    assert written.endpoint("units")["params"] == {"region": None}
    assert "params" not in written.endpoint("stocks")
