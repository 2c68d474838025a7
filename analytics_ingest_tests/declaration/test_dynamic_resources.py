"""What the entries of a listing become: resources, as a template says."""

from typing import Any

import pytest

from analytics_ingest.declaration.entries.dynamic_resources import build_api, build_resources
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.dynamic_api import DynamicApi, DynamicResources

TYPE = "analytics_ingest.DynamicRestApi"
TEMPLATE = {"name": "{{ entry.name }}", "endpoint": {"path": "/t/{{ entry.id }}/rows"}}


WHOLE = {"name": "{{ entry.name }}", "endpoint": {"path": "{{ entry.path }}"}}


def build(template: dict[str, Any], *entries: dict[str, Any]) -> list[dict[str, Any]]:
    dynamic = DynamicResources(entries="tables", template=template)
    return build_resources("demo", dynamic, entries)


def declare(*dynamic: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The attributes of an API with one listing of entries."""
    return {
        "client": {"base_url": "https://api.example.com"},
        "resources": ["tables"],
        "dynamic_resources": list(dynamic),
        **keys,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Orders", "orders"),
        ("Order Lines", "order_lines"),
        ("orderLines", "order_lines"),
        ("a/b - c", "a_b_c"),
        ("__v", "v"),
        ("2026 plan", "x_2026_plan"),
        ("Données d'été", "donnees_d_ete"),
        (17, "x_17"),
    ],
)
def test_a_name_becomes_that_of_a_table(name: Any, expected: str) -> None:
    (keys,) = build(TEMPLATE, {"name": name, "id": 1})
    assert keys["name"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ entry.n }}", 5),
        ("{{ entry.fields }}", ["a", "b"]),
        ("{{ entry.on }}", True),
        ("n={{ entry.n }}&on={{ entry.on }}", "n=5&on=true"),
        ("{{ entry['a b'] | lower }}", "x y"),
        ("{{ entry.nested.id }}-{{ entry.n + 1 }}", "7-6"),
        ("{% if entry.on %}yes{% else %}no{% endif %}", "yes"),
        ("{{ settings.team }}/{{ entry.n }}", "{{ settings.team }}/5"),
        ("{{ now_utc() }}", "{{ now_utc() }}"),
        ("{resources.tables.id}", "{resources.tables.id}"),
        ("the entry", "the entry"),
    ],
)
def test_a_text_is_filled_from_the_entry_and_from_nothing_else(text: str, expected: Any) -> None:
    entry = {
        "name": "a",
        "id": 1,
        "n": 5,
        "on": True,
        "fields": ["a", "b"],
        "a b": "X Y",
        "nested": {"id": 7},
    }
    template = {**TEMPLATE, "endpoint": {"path": "/t", "json": {"x": [text]}}}
    (keys,) = build(template, entry)
    assert keys["endpoint"]["json"] == {"x": [expected]}


def test_a_value_stays_one_segment_of_a_path() -> None:
    (keys,) = build(TEMPLATE, {"name": "a", "id": "x/../y?z=1#"})
    assert keys["endpoint"]["path"] == "/t/x%2F..%2Fy%3Fz%3D1%23/rows"


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("/t/{{ entry.id }}", "/t/a%20b%3F"),
        ("/t/{{ entry['id'] | upper }}", "/t/A%20B%3F"),
        ({"path": "/t", "json": {"path": "/{{ entry.id }}"}}, {"json": {"path": "/a b?"}}),
        ({"path": "/t", "params": {"path": "x{{ entry.id }}"}}, {"params": {"path": "xa b?"}}),
    ],
)
def test_only_values_in_paths_are_quoted(endpoint: Any, expected: Any) -> None:
    (keys,) = build({"name": "{{ entry.name }}", "endpoint": endpoint}, {"name": "a", "id": "a b?"})
    whole = {"path": "/t", **expected} if isinstance(expected, dict) else expected
    assert keys["endpoint"] == whole


def test_a_path_may_be_the_entrys_own() -> None:
    (keys,) = build(WHOLE, {"name": "a", "path": "/v2/a b/rows"})
    assert keys["endpoint"]["path"] == "/v2/a b/rows"


def test_resources_are_sorted_and_an_entry_that_is_listed_twice_has_one() -> None:
    entries = [{"name": n, "id": n} for n in ("b", "a", "b")]
    assert [keys["name"] for keys in build(TEMPLATE, *entries)] == ["a", "b"]


@pytest.mark.parametrize(
    ("template", "entries", "message"),
    [
        (
            TEMPLATE,
            [{"name": "b", "id": 1}, {"name": "a"}],
            "demo.tables: dynamic_resources: '{{ entry.id }}' gives nothing, in entry 2",
        ),
        (TEMPLATE, [{"name": "a", "id": ""}], "gives nothing"),
        (TEMPLATE, [{"name": "a", "id": {"x": 1}}], "gives an object or a list"),
        (TEMPLATE, [{"name": "a", "id": "{{ settings.token }}"}], "a text with braces"),
        (TEMPLATE, [{"name": "a", "id": "{resources.b.id}"}], "a text with braces"),
        (TEMPLATE, [{"name": "🙂", "id": 1}], "the name of entry 1 has no letter"),
        (TEMPLATE, [{"name": "a" * 151, "id": 1}], "or more than 150 characters"),
        (TEMPLATE, [{"name": "Dynamic resources", "id": 1}], "or is reserved"),
        (TEMPLATE, [{"name": "a", "id": ".."}], "gives a text that leads to another path"),
        (WHOLE, [{"name": "a", "path": "/a/../b"}], "gives a text that leads to another path"),
        (WHOLE, [{"name": "a", "path": "/a?b=1"}], "gives a text that leads to another path"),
        (WHOLE, [{"name": "a", "path": "https://b.test/a"}], "leads to another path"),
        (
            {**TEMPLATE, "endpoint": "{{ entry.endpoint }}"},
            [{"name": "a", "endpoint": {"path": "/a/../b"}}],
            "gives a block with a path; write the path in the template",
        ),
        (
            {**TEMPLATE, "processing_steps": [{"filter": "record.a == '{{ entry.x }}'"}]},
            [{"name": "a", "id": 1, "x": "' or true or '"}],
            "gives a text with signs that an expression or a selector would read",
        ),
        (
            {**TEMPLATE, "endpoint": {"data_selector": "data.{{ entry.x }}"}},
            [{"name": "a", "id": 1, "x": "a.b"}],
            "gives a text with signs that an expression or a selector would read",
        ),
        (
            TEMPLATE,
            [{"name": "A b", "id": 1}, {"name": "a_B", "id": 2}],
            "demo.a_b: name: two entries of tables have this name",
        ),
        ({**TEMPLATE, "selected": "x"}, [{"name": "a", "id": 1}], "demo.a: selected"),
        (
            {**TEMPLATE, "columns": "{{ entry.columns }}"},
            [{"name": "a", "id": 1, "columns": [{"x": ["{{ settings.token }}"]}]}],
            "a text with braces",
        ),
    ],
)
def test_an_entry_that_gives_no_resource_is_refused(
    template: dict[str, Any], entries: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        build(template, *entries)
    assert message in str(caught.value)
    assert "settings.token" not in str(caught.value)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (declare(), "dynamic_resources"),
        (
            declare({"entries": "sheets", "template": TEMPLATE}),
            "demo: dynamic_resources.0.entries: 'sheets' is not a resource; declared are tables",
        ),
        (
            declare({"entries": "tables", "template": {"name": "rows"}}),
            "dynamic_resources.0.template.name: must say which entry it is of",
        ),
        (
            declare({"entries": "tables", "template": {}}),
            "dynamic_resources.0.template.name: must say which entry it is of",
        ),
        (
            declare(
                {
                    "entries": "tables",
                    "template": {
                        **TEMPLATE,
                        "endpoint": {"params": {"k": "{{ entry.id ~ settings.key }}"}},
                    },
                }
            ),
            "dynamic_resources.0.template.endpoint.params.k: 'settings' is unknown",
        ),
        (
            declare({"entries": "tables", "template": {"name": "{{ entry. }}"}}),
            "is not an expression",
        ),
        (
            declare({"entries": "tables", "template": {**TEMPLATE, "nmae": "x"}}),
            "dynamic_resources.0.template.nmae: is not a key of a resource; allowed are ",
        ),
        (
            declare({"entries": "tables", "template": {**TEMPLATE, "mask": {"{{ entry.x }}": 1}}}),
            "dynamic_resources.0.template.mask: a key is not filled from the entry",
        ),
        (
            declare(
                {"entries": "tables", "template": {"name": "{{ settings.x }}_{{ entry.name }}"}}
            ),
            "holds braces of something else than an entry",
        ),
        (
            declare(
                {
                    "entries": "tables",
                    "template": {**TEMPLATE, "endpoint": "/{% if entry.x %}a{% endif %}"},
                }
            ),
            "is not one field of the entry, as it must be in a path",
        ),
        (
            declare(
                {"entries": "tables", "template": {**TEMPLATE, "endpoint": "{{ '/' ~ entry.x }}"}}
            ),
            "is not one field of the entry, as it must be in a path",
        ),
        (
            declare(
                {
                    "entries": "tables",
                    "template": {**TEMPLATE, "description": "{{ {'a': {'b': entry.x}} }}"},
                }
            ),
            "holds an expression of the entry that cannot be read",
        ),
        (
            declare(
                {"entries": "tables", "template": TEMPLATE},
                resources=["tables", "dynamic_resources"],
            ),
            "demo.dynamic_resources: name: is reserved",
        ),
    ],
)
def test_a_template_that_cannot_work_is_refused(attributes: Any, message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        build_api("demo", TYPE, attributes)
    assert message in str(caught.value)


def test_a_rest_api_has_no_dynamic_resources() -> None:
    attributes = declare({"entries": "tables", "template": TEMPLATE})
    with pytest.raises(DeclarationError, match="dynamic_resources"):
        build_api("demo", "analytics_ingest.RestApi", attributes)
    assert not isinstance(build_api("demo", TYPE, attributes), DynamicApi)
