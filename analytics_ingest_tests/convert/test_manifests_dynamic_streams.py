"""Streams that a manifest makes of a template become resources, or the template of entries."""

from typing import Any

import pytest

from analytics_ingest.declaration.entries.dynamic_resources import build_resources
from analytics_ingest.declaration.models.dynamic_api import DynamicResources
from analytics_ingest_tests.convert.manifests import Json, manifest, requester, stream
from analytics_ingest_tests.convert.writing import API, DEFS, Desk, Written


def mapping(path: str, value: str, **keys: Any) -> Json:
    """One value that is put into the template."""
    return {
        "type": "ComponentMappingDefinition",
        "field_path": path.split("."),
        "value": value,
        **keys,
    }


def dynamic(resolver: Json, template: Json | None = None, *mappings: Json) -> Json:
    return {
        "type": "DynamicDeclarativeStream",
        "name": "tables",
        "stream_template": template or stream("template", "/PLACEHOLDER"),
        "components_resolver": {
            **resolver,
            "components_mapping": [
                mapping("name", "{{ components_values['name'] }}"),
                mapping("retriever.requester.path", "/t/{{ components_values.id }}/rows"),
                *mappings,
            ],
        },
    }


def listed(*values: Json) -> Json:
    """A resolver of values that the manifest holds."""
    return {
        "type": "ParametrizedComponentsResolver",
        "stream_parameters": {
            "type": "StreamParametersDefinition",
            "list_of_parameters_for_stream": list(values),
        },
    }


def of_the_api(**keys: Any) -> Json:
    """A resolver of values that are rows of the API: the tables of each base."""
    bases = {
        "type": "ParentStreamConfig",
        "stream": stream("bases"),
        "parent_key": "id",
        "partition_field": "base",
        "extra_fields": [["title"]],
    }
    router = {"type": "SubstreamPartitionRouter", "parent_stream_configs": [bases]}
    path = "/bases/{{ stream_partition.base }}/tables"
    retriever = stream("x", path, partition_router=router)["retriever"]
    return {"type": "HttpComponentsResolver", "retriever": retriever, **keys}


PARENT: Json = {
    "type": "SubstreamPartitionRouter",
    "parent_stream_configs": [
        {
            "type": "ParentStreamConfig",
            "stream": stream("parents"),
            "parent_key": "id",
            "partition_field": "parent",
        }
    ],
}
PATH_OF_PARENT = (
    "retriever.partition_router.parent_stream_configs.0.stream.retriever.requester.path"
)


def new(desk: Desk, *streams: Json, of: Json) -> Written:
    text = manifest(*streams or (stream("bases"),), dynamic_streams=[of])
    return desk.new(text, file="manifest.yaml")


def test_values_that_the_manifest_lists_become_resources(desk: Desk) -> None:
    values = [
        {"name": "Daily Report", "id": 7, "key": ["day"]},
        {"name": "b", "id": "x", "key": []},
    ]
    of = dynamic(listed(*values), None, mapping("primary_key", "{{ components_values.key }}"))
    written = new(desk, of=of)
    names = [resource["name"] for resource in written.attributes["resources"]]
    assert names == ["bases", "daily_report", "b"]
    assert written.endpoint("daily_report")["path"] == "/t/7/rows"
    assert written.declaration.resources["daily_report"].primary_key == ("day",)
    assert "dynamic_resources" not in written.attributes


def test_a_value_without_an_expression_is_itself(desk: Desk) -> None:
    template = stream("template", requester=requester("/x", http_method="GET"))
    method = mapping("retriever.requester.http_method", "POST")
    of = dynamic(listed({"name": "a", "id": 1}), template, method)
    assert new(desk, of=of).endpoint("a")["method"] == "POST"


def test_a_value_is_put_where_the_template_has_none_only_if_that_is_asked_for(desk: Desk) -> None:
    headers = mapping("retriever.requester.request_headers.X-Name", "{{ components_values.name }}")
    of = dynamic(listed({"name": "a", "id": 1}), None, headers)
    assert "headers" not in new(desk, of=of).endpoint("a")
    of = dynamic(listed({"name": "c", "id": 1}), None, {**headers, "create_or_update": True})
    text = manifest(stream("bases"), dynamic_streams=[of])
    written = desk.new(text, "--force", file="manifest.yaml")
    assert written.endpoint("c")["headers"] == {"X-Name": "c"}


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_parameter_of_the_template_is_replaced_like_a_key(desk: Desk, is_listed: bool) -> None:
    template = {**stream("x"), "$parameters": {"name": "items", "path": "/x"}}
    del template["name"], template["retriever"]["requester"]["path"]
    of = dynamic(listed({"name": "a", "id": 1}) if is_listed else of_the_api(), template)
    written = new(desk, of=of)
    if is_listed:
        assert written.endpoint("a")["path"] == "/t/1/rows"
    else:
        (block,) = written.attributes["dynamic_resources"]
        assert block["template"]["name"] == "{{ entry['name'] }}"
        assert block["template"]["endpoint"]["path"] == "/t/{{ entry.id }}/rows"


def test_defaults_of_a_setting_become_resources(desk: Desk) -> None:
    config = {"type": "StreamConfig", "configs_pointer": ["reports"]}
    resolver = {
        "type": "ConfigComponentsResolver",
        "stream_config": [{**config, "default_values": [{"name": "r1", "id": 1}]}],
    }
    assert new(desk, of=dynamic(resolver)).endpoint("r1")["path"] == "/t/1/rows"
    status, printed, _ = desk.run(
        manifest(
            stream("bases"), dynamic_streams=[dynamic({**resolver, "stream_config": [config]})]
        ),
        "--force",
        file="manifest.yaml",
        api=API,
    )
    assert status == 3
    assert "tables: its streams are named by a setting" in printed


def test_rows_of_the_api_become_the_entries_of_a_template(desk: Desk) -> None:
    name = "{{ stream_slice.extra_fields.title }}/{{ components_values.name }}"
    path = "/{{ stream_slice['base'] }}/{{ components_values['id'] }}"
    of = dynamic(
        of_the_api(), None, mapping("name", name), mapping("retriever.requester.path", path)
    )
    written = new(desk, of=of)
    assert "type: analytics_ingest.components.DynamicRestApi\n" in written.text
    entries = written.resource("tables_entries")
    assert entries["selected"] is False
    assert entries["include_from_parent"] == ["title", "id"]
    assert written.endpoint("tables_entries")["path"] == "/bases/{resources.bases.id}/tables"
    (block,) = written.attributes["dynamic_resources"]
    assert block["entries"] == "tables_entries"
    assert block["template"]["name"] == "{{ entry._bases_title }}/{{ entry.name }}"
    assert block["template"]["endpoint"]["path"] == "/{{ entry._bases_id }}/{{ entry['id'] }}"
    assert set(written.declaration.resources) == {"bases", "tables_entries"}
    assert any("dg utils refresh-defs-state" in line for line in written.assumed)
    dynamic_resources = DynamicResources.model_validate(block)
    row = {"id": "t1", "name": "Orders", "_bases_id": "b1", "_bases_title": "Sales"}
    (resource,) = build_resources("shop", dynamic_resources, [row])
    assert resource["name"] == "sales_orders"
    assert resource["endpoint"]["path"] == "/b1/t1"


@pytest.mark.parametrize(
    ("of", "reason"),
    [
        (
            dynamic(of_the_api(), None, mapping("name", "{% if config['x'] %}a{% endif %}")),
            "its template reads settings, or has statements",
        ),
        (
            dynamic(of_the_api(), None, mapping("name", "{{ stream_slice['other'] }}")),
            "its template reads stream_slice['other'], which has no counterpart",
        ),
        (
            dynamic(listed({"name": "a"}), None, mapping("name", "{{ config['x'] }}")),
            "its template cannot be filled here: 'config' is unknown",
        ),
        ({"type": "DynamicDeclarativeStream", "name": "tables"}, "it is incomplete"),
        (dynamic({**of_the_api(), "retriever": ["a"]}, None), "it is incomplete"),
        ({**dynamic(of_the_api(), None), "stream_template": ["a"]}, "it is incomplete"),
        (
            dynamic(
                of_the_api(),
                stream("template", requester=requester("/x", http_method="GET")),
                mapping("retriever.requester.http_method", "{{ components_values.m }}"),
            ),
            "the method {{ components_values.m }} has no counterpart",
        ),
        (
            dynamic(
                of_the_api(),
                None,
                mapping(
                    "retriever.requester.url_base", "https://{{ components_values.host }}.test/v1"
                ),
            ),
            "{{ components_values.host }} of its template has no counterpart there",
        ),
        (
            dynamic(
                of_the_api(),
                stream("template", "/PLACEHOLDER", partition_router=PARENT),
                mapping(PATH_OF_PARENT, "/{{ components_values.p }}"),
            ),
            "no key of its template can hold {{ components_values.p }}",
        ),
        (
            dynamic(
                of_the_api(),
                None,
                mapping(
                    "retriever.requester.path", "/{{ components_values.a ~ components_values.b }}"
                ),
            ),
            "is not one field of the entry, as it must be in a path",
        ),
        (
            dynamic(of_the_api(), None, mapping("primary_key", "x", condition="{{ true }}")),
            "the condition of a mapping of its template has no counterpart",
        ),
        (
            dynamic(listed({"name": "a", "id": 1}), None, mapping("$parameters.path", "x")),
            "the path $parameters.path of its template has no counterpart",
        ),
    ],
)
def test_what_cannot_be_converted_is_skipped_by_name(desk: Desk, of: Json, reason: str) -> None:
    text = manifest(stream("bases"), dynamic_streams=[of])
    status, printed, _ = desk.run(text, file="manifest.yaml", api=API)
    assert status == 3
    assert reason in printed
    (resource,) = Written(DEFS / API, printed).attributes["resources"]
    assert resource["name"] == "bases"


def test_templates_do_not_share_what_their_entries_fill(desk: Desk) -> None:
    selector = "retriever.record_selector.extractor.field_path"
    template = stream("template", "/PLACEHOLDER")
    template["retriever"]["record_selector"]["extractor"]["field_path"] = ["x"]
    several = [
        dynamic(
            of_the_api(), template, mapping(f"{selector}.0", f"{{{{ components_values.k{n} }}}}")
        )
        for n in range(3)
    ]
    text = manifest(stream("bases"), dynamic_streams=several)
    status, printed, _ = desk.run(text, file="manifest.yaml", api=API)
    written = Written(DEFS / API, printed)
    assert "zzentry" not in written.text
    selectors = [
        block["template"]["endpoint"]["data_selector"]
        for block in written.attributes["dynamic_resources"]
    ]
    assert (status, selectors) == (0, [f"{{{{ entry.k{n} }}}}" for n in range(3)])
