"""Lists of fields that cannot work, each explained in one sentence."""

import pytest

from analytics_ingest_tests.declaration.declaring import mistake

VALUES = "values: [a]"
NOT_A_LIST = (
    "values: is not a list of names; write [a, b], {settings.<name>} for a setting that holds "
    "them, or resource and field for the rows of a parent"
)

MISTAKES = [
    ("", NOT_A_LIST),
    ("always: [id]", NOT_A_LIST),
    ("max_count: 2", NOT_A_LIST),
    ("values: []", NOT_A_LIST),
    ("values: a", NOT_A_LIST),
    ("values: [1]", NOT_A_LIST),
    ("values: ['']", NOT_A_LIST),
    (f"{VALUES}, resource: p, field: n", "values: cannot be combined with field; remove one of "),
    ("resource: p", "field: is required; name it"),
    ("field: n", "resource: is required; name it"),
    (f"{VALUES}, always: id", "always: is not a list of names; write [id], or remove it"),
    (f"{VALUES}, always: []", "always: is not a list of names; write [id], or remove it"),
    (f"{VALUES}, max_count: 0", "max_count: '0' is not a number of fields; write 1 or more"),
    (f"{VALUES}, max_count: true", "max_count: 'True' is not a number of fields"),
    (f"{VALUES}, max_length: '9'", "max_length: '9' is not a number of characters; write 1 or"),
    (f"{VALUES}, max_length: -1", "max_length: '-1' is not a number of characters"),
    (
        f"{VALUES}, max_count: 1, max_length: 2",
        "max_length: cannot be combined with max_count; remove one of them",
    ),
    (f"{VALUES}, max_count: 1, merge_by: 1", "merge_by: is not the name of a field or a list of"),
    (f"{VALUES}, max_count: 1, merge_by: []", "merge_by: is not the name of a field or a list of"),
    (
        f"{VALUES}, merge_by: id",
        "merge_by: has no effect without max_count or max_length; remove it",
    ),
    (
        f"{VALUES}, max: 1",
        "max: is unknown; allowed are type, values, resource, field, always, max_count, "
        "max_length, merge_by",
    ),
]


@pytest.mark.parametrize(("keys", "problem"), MISTAKES, ids=[f"{k}-{p[:9]}" for k, p in MISTAKES])
def test_a_mistake_in_a_list_of_fields_is_explained(keys: str, problem: str) -> None:
    fields = f"{{type: fields, {keys}}}"
    endpoint = f"endpoint: {{path: /b, params: {{f: {fields}}}}}"
    message = mistake(f"resources: [{{name: b, primary_key: id, {endpoint}}}]")
    assert message.startswith(f"shop.b: endpoint.params.f.{problem}")


CHUNKS = "f: {type: fields, values: [a], max_count: 1}"


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (
            f"primary_key: [], endpoint: {{params: {{{CHUNKS}}}}}",
            "f: needs a field by which the rows of its chunks are merged; declare primary_key, or",
        ),
        (
            f"primary_key: id, endpoint: {{decoder: csv, params: {{{CHUNKS}}}}}",
            "f: chunks of fields need rows of json or xml, and the decoder is csv; remove max_coun",
        ),
        (
            f"primary_key: id, endpoint: {{params: {{{CHUNKS}, g: {{type: fields, {VALUES}}}}}}}",
            "g: is a second list of fields beside f; write one of them as a text",
        ),
        (
            f"primary_key: id, endpoint: {{job: {{create: {{path: /j}}, poll: {{path: /p, "
            f"status_path: s, completed: [d]}}}}, params: {{{CHUNKS}}}}}",
            "f: cannot be combined with endpoint.job; write the fields into job.create",
        ),
        (
            "primary_key: id, processing_steps: [{add: {x: '{{ stream_partition.f }}'}}], "
            f"endpoint: {{params: {{{CHUNKS}}}}}",
            "f: processing_steps read it, and a row may come from several requests; remove that",
        ),
    ],
    ids=["no key", "a row for each line", "two lists", "a job", "steps"],
)
def test_a_list_of_fields_that_does_not_fit_its_resource_is_refused(
    resource: str, problem: str
) -> None:
    message = mistake(
        f"resources: [{{name: b, {resource.replace('{params', '{path: /b, params')}}}]"
    )
    assert problem in message
    assert message.startswith("shop.b: endpoint.params.")
