"""From a manifest to rows in the warehouse: what it declares is what the API is asked."""

from base64 import b64encode

import pytest

from analytics_ingest_tests.convert.manifests import manifest, requester, stream
from analytics_ingest_tests.convert.writing import Desk
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, serving

PARAMETER = {"type": "RequestOption", "inject_into": "request_parameter"}
PAGES = {
    "type": "DefaultPaginator",
    "pagination_strategy": {"type": "OffsetIncrement", "page_size": 2},
    "page_size_option": {**PARAMETER, "field_name": "limit"},
    "page_token_option": {**PARAMETER, "field_name": "from"},
}
SELECTOR = {
    "type": "RecordSelector",
    "extractor": {"type": "DpathExtractor", "field_path": ["found", "rows"]},
}
ORDERS = stream(
    requester=requester("/{{ config['shop'] }}/orders"), paginator=PAGES, record_selector=SELECTOR
)
OF_ORDERS = {
    "type": "SubstreamPartitionRouter",
    "parent_stream_configs": [
        {
            "type": "ParentStreamConfig",
            "stream": ORDERS,
            "parent_key": "id",
            "partition_field": "order_id",
            "request_option": {**PARAMETER, "field_name": "of"},
        }
    ],
}


def test_a_manifest_with_pages_parents_and_defaults_of_settings_is_loaded_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": f"o{number}"} for number in range(5)]

    def orders(asked: Asked) -> Reply:
        start = int(asked.query["from"])
        return Reply({"found": {"rows": rows[start : start + int(asked.query["limit"])]}})

    def items(asked: Asked) -> Reply:
        order = asked.query["of"]
        return Reply([] if order == "o3" else [{"id": f"{order}-i"}])

    written = desk.new(
        manifest(ORDERS, stream("items", partition_router=OF_ORDERS)), file="manifest.yaml"
    )
    assert written.attributes["settings"] == {"shop": "main"}
    with serving() as hub:
        api = hub.new_api()
        api.on("/main/orders", orders)
        api.on("/items", items)
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert sorted(r["id"] for r in table("shop.orders")) == ["o0", "o1", "o2", "o3", "o4"]
    assert sorted(r["id"] for r in table("shop.items")) == ["o0-i", "o1-i", "o2-i", "o4-i"]
    assert {asked.headers["authorization"] for asked in api.asked} == {"Bearer s3cret-key"}


def test_a_setting_that_is_set_goes_before_its_default(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = desk.new(manifest(ORDERS), file="manifest.yaml")
    with serving() as hub:
        api = hub.new_api()
        api.in_turn("/second/orders", [{"found": {"rows": rows}} for rows in ([{"id": "a"}], [])])
        monkeypatch.setenv("SOURCES__SHOP__SHOP", "second")
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert [r["id"] for r in table("shop.orders")] == ["a"]


@pytest.mark.parametrize(("password", "sent"), [(None, "s3cret-user:"), ("pw", "s3cret-user:pw")])
def test_a_password_that_need_not_be_set_is_blank_where_it_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, password: str | None, sent: str
) -> None:
    login = {
        "type": "BasicHttpAuthenticator",
        "username": "{{ config['api_key'] }}",
        "password": "{{ config['password'] }}",
    }
    written = desk.new(
        manifest(stream(requester=requester(authenticator=login))), file="manifest.yaml"
    )
    with serving() as hub:
        api = hub.new_api()
        api.always("/orders", [{"id": "a"}])
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-user")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        if password:
            monkeypatch.setenv("SOURCES__SHOP__PASSWORD", password)
        load(written.declaration)
    encoded = b64encode(sent.encode()).decode()
    assert {asked.headers["authorization"] for asked in api.asked} == {f"Basic {encoded}"}
