"""XML is read as xmltodict reads it, with the rows always a list; entities are refused."""

from typing import Any

import pytest

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.extract.test_decoders import zipped
from analytics_ingest_tests.support.loads import declare, failure, read, resource
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

HEAD = b"<?xml version='1.0'?>"


def customers(selector: Any = "shop.customers.customer", **endpoint: Any) -> dict[str, Any]:
    """A snapshot of the customers in a document."""
    keys = {"incremental": None, "error_handler": {"max_retries": 0}, "decoder": "xml"}
    return resource(data_selector=selector, **{**keys, **endpoint})


def shop(inner: str, head: bytes = HEAD) -> bytes:
    return head + f"<shop><customers>{inner}</customers></shop>".encode()


ONE = "<customer><id>1</id></customer>"
READ: dict[str, tuple[bytes, list[Any]]] = {
    "no element": (shop(""), []),
    "no element beside an attribute": (HEAD + b'<shop><customers n="0"/></shop>', []),
    "nothing below the root": (HEAD + b"<shop/>", []),
    "one element": (shop(ONE), [{"id": "1"}]),
    "several elements": (shop(ONE + ONE.replace("1", "2")), [{"id": "1"}, {"id": "2"}]),
    "attributes and texts": (
        shop(
            '<customer kind="a" of=""><id>1</id><n at="2">b &amp; c<![CDATA[<d>]]></n></customer>'
        ),
        [{"@kind": "a", "@of": "", "id": "1", "n": {"@at": "2", "#text": "b & c<d>"}}],
    ),
    "elements within a row": (
        shop("<customer><id>1</id><tag>a</tag><tag>b</tag><none/> </customer>"),
        [{"id": "1", "tag": ["a", "b"], "none": None}],
    ),
    "white space": (
        shop("<customer> \n <id>1</id><n>  x\n</n><o> </o><p at=' '> </p> <q/>\n</customer>"),
        [{"id": "1", "n": "  x\n", "o": None, "p": {"@at": " "}, "q": None}],
    ),
    "comments and instructions": (
        shop(f"<!-- <customer/> -->{ONE}<?x y?>"),
        [{"id": "1"}],
    ),
    "another encoding that it names": (
        shop("<customer><id>é</id></customer>", b"<?xml version='1.0' encoding='utf-8'?>")
        .decode()
        .replace("utf-8", "iso-8859-1")
        .encode("latin-1"),
        [{"id": "é"}],
    ),
    "UTF-16": (shop(ONE).decode().encode("utf-16"), [{"id": "1"}]),
    "a byte-order mark": (b"\xef\xbb\xbf" + shop(ONE), [{"id": "1"}]),
    "a document type without entities": (
        b"<!DOCTYPE shop SYSTEM 'http://127.0.0.1:1/shop.dtd'>" + shop(ONE, b""),
        [{"id": "1"}],
    ),
}


@pytest.mark.parametrize(("body", "rows"), READ.values(), ids=list(READ))
def test_the_elements_that_the_selector_names_are_rows(
    api: ScriptedApi, body: bytes, rows: list[Any]
) -> None:
    api.always("/items", Reply(body))
    assert read(declare(customers())) == rows
    assert read(declare(customers(["shop", "customers", "customer"]))) == rows


GROUPS: dict[str, tuple[str, list[str]]] = {
    "one row in one group": ("<g><i><id>1</id></i></g>", ["1"]),
    "several rows in one group": ("<g><i><id>1</id></i><i><id>2</id></i></g>", ["1", "2"]),
    "several groups": ("<g><i><id>1</id></i></g><g><i><id>2</id></i></g>", ["1", "2"]),
    "groups without rows": ("<g/><g><i><id>1</id></i></g><g> </g>", ["1"]),
    "no group": ("", []),
}


@pytest.mark.parametrize(("groups", "ids"), GROUPS.values(), ids=list(GROUPS))
def test_rows_are_in_each_element_before_a_star(
    api: ScriptedApi, groups: str, ids: list[str]
) -> None:
    api.always("/items", Reply(f"<r>{groups}</r>".encode()))
    for selector in ("r.g.*.i", ["r", "g", "*", "i"], "$.'r'.\"g\".*.i.*"):
        assert [row["id"] for row in read(declare(customers(selector)))] == ids


@pytest.mark.parametrize(
    "selector", ["r.g[*].i", "r..i", "r.*", "r.*.i", ["r", "*"], "*.r.i", "r.g.*.*.i", "r[0]", "r."]
)
def test_a_selector_that_cannot_be_read_from_xml_is_refused(selector: Any) -> None:
    with pytest.raises(DeclarationError, match="cannot be read from xml; write names from the"):
        declare(customers(selector))


def test_the_documents_of_a_zip_file_are_a_list(api: ScriptedApi) -> None:
    api.always("/items", Reply(zipped(shop(ONE), shop(""))))
    decoder = {"type": "xml", "compression": "zip"}
    declared = customers("*.shop.customers.customer", decoder=decoder)
    assert read(declare(declared)) == [{"id": "1"}]


def test_elements_that_come_several_times_need_a_star(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"<r><g><i/></g><g/></r>"))
    problem = "<g> comes several times; if rows are in each, write g.* in data_selector"
    assert problem in str(failure(declare(customers("r.g.i"))))


def test_names_with_a_prefix_are_keys_as_they_are(api: ScriptedApi) -> None:
    api.always("/items", Reply(b'<s:all xmlns:s="urn:s"><s:one><id>1</id></s:one></s:all>'))
    for selector in ("'s:all'.'s:one'", ["s:all", "s:one"]):
        assert read(declare(customers(selector))) == [{"id": "1"}]


def test_the_document_itself_may_be_the_row(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"<id>1</id>"))
    assert read(declare(customers("$"))) == [{"id": "1"}]


def test_the_charset_of_the_header_counts_where_the_document_names_none(api: ScriptedApi) -> None:
    headers = {"Content-Type": "text/xml; charset=iso-8859-1"}
    text = shop("<customer><id>é</id></customer>").decode()
    for encoding in ("latin-1", "utf-8"):
        api.always("/items", Reply(text.encode(encoding), headers=headers))
        assert read(declare(customers())) == [{"id": "é"}]


def test_a_declared_encoding_goes_over_that_of_the_document(api: ScriptedApi) -> None:
    text = "<?xml version='1.0' encoding='shift_jis'?><shop><customers>"
    text += "<customer><id>価</id></customer></customers></shop>"
    api.always("/items", Reply(text.encode("shift_jis")))
    assert "its encoding cannot be read; declare decoder.encoding" in str(
        failure(declare(customers()))
    )
    decoder = {"type": "xml", "encoding": "shift_jis"}
    assert read(declare(customers(decoder=decoder))) == [{"id": "価"}]


GROWING = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 9))
FAILED: dict[str, tuple[bytes, str]] = {
    "cut off": (shop(ONE)[:-19], "line 1: no element found; the response may be cut off"),
    "a wrong end": (HEAD + b"\n<shop></customers>", "line 2: mismatched tag"),
    "HTML": (b"<html><body>Log in</body></html>", "it is HTML; check the path and the key"),
    "another document": (
        b"<error><message>denied</message></error>",
        "its root is not <shop>, which data_selector begins with; check the path, the key",
    ),
    "JSON": (b'{"error": "denied"}', "line 1: not well-formed (invalid token)"),
    "entities that grow": (
        f"<!DOCTYPE shop [<!ENTITY a0 'x'>{GROWING}]><shop>&a8;</shop>".encode(),
        "it declares entities, which are refused",
    ),
    "an entity of a file": (
        b"<!DOCTYPE shop [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><shop>&x;</shop>",
        "it declares entities, which are refused",
    ),
    "an entity that is declared elsewhere": (
        b"<!DOCTYPE shop SYSTEM 'shop.dtd'>" + shop("<customer><id>&x;</id></customer>", b""),
        "it declares entities, which are refused",
    ),
}


@pytest.mark.parametrize(("body", "problem"), FAILED.values(), ids=list(FAILED))
def test_a_document_that_is_something_else_fails_by_name(
    api: ScriptedApi, body: bytes, problem: str
) -> None:
    api.always("/items", Reply(body))
    error = str(failure(declare(customers())))
    assert error.startswith(f"demo.items: GET /items: the response is not XML: {problem}")


def test_an_error_beside_the_rows_fails(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"<shop><error>denied</error></shop>"))
    error = str(failure(declare(customers("shop.customer"))))
    assert "the API answered 200 with an error in place of rows" in error


ERRORS: dict[str, tuple[str, str, str]] = {
    "a status and a text": (
        "<r><status>error</status><message>no key</message></r>",
        "r.i",
        "in place of rows (its keys: r)",
    ),
    "a text alone": ("<r><message>no key</message></r>", "r.i", "with an error in place of rows"),
    "a text in the root": ("<r>Error: no key</r>", "r.i", "<r> holds a text in place of rows"),
    "an attribute": ("<r error='no key'/>", "r.i", "with an error in place of rows"),
    "a flag": ("<r success='false'/>", "r.i", "with an error in place of rows"),
    "a status and an element": (
        "<rsp stat='fail'><err code='100' msg='no key'/></rsp>",
        "rsp.i",
        "with an error in place of rows",
    ),
    "an element above a place that is not there": (
        "<rsp stat='fail'><err code='100' msg='no key'/></rsp>",
        "rsp.photos.photo",
        "with an error in place of rows",
    ),
    "a fault": (
        "<s:Envelope xmlns:s='urn:s'><s:Body><s:Fault><faultstring>no</faultstring></s:Fault>"
        "</s:Body></s:Envelope>",
        "'s:Envelope'.'s:Body'.resp.item",
        "with an error in place of rows",
    ),
    "an error in the place": (
        "<r><items><error>no key</error></items></r>",
        "r.items.i",
        "with an error in place of rows",
    ),
    "a text in the place": (
        "<r><items>Error: no key</items></r>",
        "r.items.i",
        "<items> holds a text in place of rows",
    ),
    "a text in one of several places": (
        "<r><g><i><id>1</id></i></g><g>Error</g></r>",
        "r.g.*.i",
        "<g> holds a text in place of rows",
    ),
    "elements with a prefix": (
        "<feed xmlns:a='urn:a'><a:entry><id>1</id></a:entry></feed>",
        "feed.entry",
        "its elements are not <entry>, which data_selector ends with, but <a:entry>",
    ),
    "elements of another name": (
        "<r><row><id>1</id></row><row><id>2</id></row></r>",
        "r.i",
        "its rows seem to be at 'r.row'",
    ),
}


@pytest.mark.parametrize(("body", "selector", "problem"), ERRORS.values(), ids=list(ERRORS))
def test_an_error_in_place_of_rows_is_not_an_empty_page(
    api: ScriptedApi, body: str, selector: str, problem: str
) -> None:
    api.always("/items", Reply(body.encode()))
    assert problem in str(failure(declare(customers(selector))))


@pytest.mark.parametrize(
    "body",
    [
        "<r><status>ok</status><total>0</total></r>",
        "<r><error/><errors count='0'/><message>none</message><total>0</total></r>",
        "<r xmlns:xsi='urn:x'><error xsi:nil='true'/></r>",
        "<r><link rel='self'/><link rel='next'/><title>none</title></r>",
    ],
)
def test_an_empty_page_may_say_more(api: ScriptedApi, body: str) -> None:
    api.always("/items", Reply(body.encode()))
    assert read(declare(customers("r.i"))) == []


def test_a_document_that_is_nested_too_deeply_fails(api: ScriptedApi) -> None:
    api.always("/items", Reply(shop("<a>" * 5_000 + "</a>" * 5_000)))
    assert "the response is nested too deeply to be parsed" in str(failure(declare(customers())))


def test_pages_end_with_an_empty_one(api: ScriptedApi) -> None:
    pages = [ONE + ONE.replace("1", "2"), ONE.replace("1", "3"), ""]
    api.on("/items", lambda asked: Reply(shop(pages[int(asked.query["page"]) - 1])))
    paginator = {"type": "page_number", "base_page": 1}
    rows = read(declare(customers(paginator=paginator)))
    assert [row["id"] for row in rows] == ["1", "2", "3"]


def test_a_cursor_may_be_in_the_document(api: ScriptedApi) -> None:
    bodies = {"": f"{ONE}<next>b</next>", "b": f"{ONE.replace('1', '2')}<next/>"}
    api.on("/items", lambda asked: Reply(shop(bodies[asked.query.get("cursor", "")])))
    paginator = {"type": "cursor", "cursor_path": "shop.customers.next"}
    rows = read(declare(customers(paginator=paginator)))
    assert [row["id"] for row in rows] == ["1", "2"]
