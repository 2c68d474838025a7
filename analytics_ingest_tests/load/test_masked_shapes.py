"""Masked fields whose place depends on the row: no row has one in the clear."""

from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import declare, load, read, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

CLEAR = "clear-"
"""Part of every value that is masked here."""
S = f"{CLEAR}1"
FLAT: list[dict[str, Any]] = [{"flatten": {}}]
KEPT: list[dict[str, Any]] = [{"flatten": {"lists": False}}]
LIFT: list[dict[str, Any]] = [{"flatten_path": ["user"]}]

SHAPES: dict[str, tuple[list[str], list[dict[str, Any]], dict[str, Any]]] = {
    "a nested field": (["email"], FLAT, {"user": {"email": S}}),
    "a name that is taken": (["email"], FLAT, {"email": S, "user": {"email": S}}),
    "another spelling of it": (["e_mail"], FLAT, {"eMail": S, "user": {"EMail": S}}),
    "two nested fields": (["email"], FLAT, {"a": {"email": S}, "b": {"x": {"email": S}}}),
    "a path that is taken": (["email"], FLAT, {"email": S, "a.email": S, "a": {"email": S}}),
    "a field after a list": (["email"], FLAT, {"tags": ["x"], "user": {"email": S}}),
    "a field of items": (["email"], FLAT, {"users": [{"email": S}, {"email": S}]}),
    "both names": (["email", "user.email"], FLAT, {"email": S, "user": {"email": S}}),
    "a list": (["emails"], FLAT, {"emails": [S, S]}),
    "a nested list": (["emails"], FLAT, {"emails": [S], "user": {"emails": [S, [S]]}}),
    "an object": (["profile"], FLAT, {"profile": {"a": S}}),
    "a nested object": (["profile"], FLAT, {"profile": "x", "user": {"profile": {"a": {"b": S}}}}),
    "an object of a list": (["profile"], FLAT, {"users": [{"profile": {"a": S}}]}),
    "items that are kept": (["email", "c.email"], KEPT, {"c": [{"email": S}], "a": {"email": S}}),
    "items with a path": (["email", "c.email"], KEPT, {"c": 1, "a": {"c": [{"email": S}]}}),
    "a lifted field": (["email"], LIFT, {"user": {"email": S}}),
    "a lifted name that is taken": (["email"], LIFT, {"email": S, "user": {"email": S}}),
    "a lift that another field prevents": (["email"], LIFT, {"n": 1, "user": {"email": S, "n": 2}}),
    "a lift with a prefix": (
        ["p_email"],
        [{"flatten_path": {"path": ["user"], "prefix": "p_"}}],
        {"p_email": S, "user": {"email": S}},
    ),
    "a part of a key that is taken": (
        ["post"],
        [{"keys_replace": {"mail": "post"}}],
        {"mail": S, "post": S},
    ),
    "a lift and a flatten": (["email"], [*LIFT, *FLAT], {"email": S, "user": {"email": S}}),
    "a list of objects": (["contacts[*].email"], [], {"contacts": [{"email": S}]}),
    "one object": (["contacts[*].email"], [], {"contacts": {"email": S}}),
    "an object of objects": (["contacts[*].email"], [], {"contacts": {"a": {"email": S}}}),
    "an object of lists": (["contacts[*].email"], [], {"contacts": {"a": [{"email": S}]}}),
    "two steps of items": (
        ["a[*].b[*].email"],
        [],
        {"a": {"x": {"b": {"y": {"email": S}}}, "z": {"b": [{"email": S}]}}},
    ),
}
OTHER = {"voicemail": "v", "kind": ["k", {"mail": "m"}], "size": {"width": 1, "tags": ["t"]}}
"""What no mask names."""


@pytest.mark.parametrize("rule", ["redact", "hash", None])
@pytest.mark.parametrize(("paths", "steps", "served"), SHAPES.values(), ids=list(SHAPES))
def test_a_masked_field_is_masked_wherever_a_row_has_it(
    api: ScriptedApi,
    monkeypatch: pytest.MonkeyPatch,
    rule: str | None,
    paths: list[str],
    steps: list[dict[str, Any]],
    served: dict[str, Any],
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", "a key of the tests")
    api.always("/items", {"data": [row(1, **served, **OTHER), row(2, **OTHER)]})
    own = {"mask": dict.fromkeys(paths, rule), "processing_steps": steps}
    masked = read(declare(resource(own=own)))
    plain = read(declare(resource(own={"processing_steps": steps})))
    assert CLEAR in str(plain)
    assert CLEAR not in str(masked)
    assert masked[1] == plain[1]
    of_others = {name for name in plain[1] if name not in ("id", "updated_at")}
    assert {name: masked[0][name] for name in of_others} == {n: plain[0][n] for n in of_others}


def test_no_table_or_file_holds_a_value_of_another_shape(api: ScriptedApi, project: Path) -> None:
    contacts = ([{"email": S}], {"a": {"email": S, "kind": "home"}}, {"email": S, "kind": "home"})
    api.always("/items", {"data": [row(n, contacts=c) for n, c in enumerate(contacts)]})
    api.always("/users", {"data": [row(1, email=S, user={"email": S}), row(2, user={"email": S})]})
    users = {"mask": {"email": "redact"}, "processing_steps": FLAT}
    items = resource(own={"mask": {"contacts[*].email": "redact"}})
    load(declare(items, resource("users", own=users)))
    assert [one["contacts"] for one in read(declare(items))][1:] == [
        {"a": {"email": "***", "kind": "home"}},
        {"email": "***", "kind": "home"},
    ]
    files = [path for path in project.rglob("*") if path.is_file()]
    assert [path for path in files if CLEAR.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "served",
    [
        {"contacts": {"kind": ["a", "b"], "size": 3, "email": None}},
        {"contacts": {"a": {"kind": "email", "mail": {"email": "of another path"}}}},
        {"user": {"manager": {"email": "of another path"}, "contacts": {"email": "of another"}}},
    ],
    ids=str,
)
def test_what_no_path_names_is_not_masked(api: ScriptedApi, served: dict[str, Any]) -> None:
    own = {"mask": {"contacts[*].email": "redact", "user.email": "redact"}}
    api.always("/items", {"data": [row(1, **served)]})
    assert read(declare(resource(own=own))) == read(declare(resource()))


REFUSED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "holds the object that flatten_path lifts": ("user", LIFT),
    "'a' holds the object": ("a", [{"flatten_path": ["a", "b"]}]),
    "'a.b' holds the object": ("a.b", [{"flatten_path": ["a", "*"]}]),
    "may get its path before its name by flatten": ("email", [*FLAT, {"keys": "snake_case"}]),
    "let flatten follow keys and keys_replace": ("email", [*FLAT, {"keys_replace": {".": "_"}}]),
}


@pytest.mark.parametrize("problem", REFUSED)
def test_a_step_after_which_no_mask_knows_the_field_is_refused(problem: str) -> None:
    path, steps = REFUSED[problem]
    with pytest.raises(DeclarationError) as caught:
        declare(resource(own={"mask": {path: "redact"}, "processing_steps": steps}))
    assert "demo.items: mask: '" in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "steps",
    [
        [{"keys": "snake_case"}, *FLAT],
        [*FLAT, {"keys": "lower"}],
        [*FLAT, {"keys_replace": {"-": "_"}}],
        [{"flatten_path": ["other"]}],
    ],
    ids=str,
)
def test_a_step_that_hides_no_name_is_not_refused(
    api: ScriptedApi, steps: list[dict[str, Any]]
) -> None:
    api.always("/items", {"data": [row(1, **{"E-Mail": S, "user": {"E-Mail": S}})]})
    served = read(declare(resource(own={"mask": {"email": "redact"}, "processing_steps": steps})))
    assert (CLEAR in str(served)) == (not any("flatten" in step for step in steps))


def test_a_copy_of_a_parent_is_masked_in_each_shape(api: ScriptedApi) -> None:
    contacts = ([{"email": S}], {"a": {"email": S}})
    api.always("/users", {"data": [row(n, contacts=c) for n, c in enumerate(contacts)]})
    for number in range(2):
        api.always(f"/users/{number}/orders", {"data": [row(number)]})
    orders = resource(
        "orders",
        path="/users/{resources.users.id}/orders",
        own={"include_from_parent": ["contacts"]},
    )
    users = resource("users", own={"mask": {"contacts[*].email": "redact"}})
    assert CLEAR not in str(read(declare(users, orders)))
