"""Large bodies of rows lie in a temporary file, and their rows are read a block at a time."""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest.common import spool
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.common.spool import Budget, Spool
from analytics_ingest.declaration.element_path import ElementPath
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.extract.decoders.decode import BodyDecoder
from analytics_ingest_tests.extract.memory import Case, measure
from analytics_ingest_tests.support.loads import (
    declare,
    failure,
    load,
    project_asking,
    read,
    resource,
    table,
)
from analytics_ingest_tests.support.scripted_api import Hub, Reply, ScriptedApi

COUNT = 15_000


def large(count: int = COUNT, times: int = 40) -> dict[str, bytes]:
    """A body for each decoder, of the same rows."""
    rows = [(n, f"name {n} é" * times) for n in range(count)]
    return {
        "csv": "".join(["id,n\r\n", *(f'{n},"{text}\n"\r\n' for n, text in rows)]).encode(),
        "jsonl": "".join(f'{{"id": "{n}", "n": "{text}\\n"}}\n' for n, text in rows).encode(),
    }


@pytest.fixture(scope="module")
def bodies() -> dict[str, bytes]:
    """A large body for each decoder."""
    return large()


def snapshot(decoder: Any, **keys: Any) -> dict[str, Any]:
    """A resource whose rows are the body."""
    return resource(decoder=decoder, data_selector=None, incremental=None, **keys)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_all_rows_of_a_large_body_are_read(
    api: ScriptedApi, bodies: dict[str, bytes], kind: str
) -> None:
    assert len(bodies[kind]) > spool.IN_MEMORY
    api.always("/items", Reply(bodies[kind]))
    rows = read(declare(snapshot(kind)))
    assert [row["id"] for row in rows] == [str(n) for n in range(COUNT)]
    assert rows[-1] == {"id": str(COUNT - 1), "n": f"name {COUNT - 1} é" * 40 + "\n"}


def test_a_large_table_is_loaded(api: ScriptedApi, bodies: dict[str, bytes]) -> None:
    api.always("/items", Reply(bodies["csv"]))
    load(declare(snapshot("csv")))
    assert len(table("items", "id")) == COUNT


def test_large_and_small_members_of_a_zip_file_are_one_listing(
    api: ScriptedApi, bodies: dict[str, bytes]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b'{"id": "a"}\n')
        archive.writestr("b", b"")
        archive.writestr("c", bodies["jsonl"])
        archive.writestr("d", b'{"id": "d"}\n')
    api.always("/items", Reply(packed.getvalue()))
    rows = read(declare(snapshot({"type": "jsonl", "compression": "zip"})))
    assert [row["id"] for row in rows] == ["a", *(str(n) for n in range(COUNT)), "d"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_many_small_members_lie_in_a_file_like_a_large_one(encoding: str) -> None:
    packed, ids = Spool(), [str(number) for number in range(60)]
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for key in ids:
                text = f"id,n\r\n{key},{'é' * 100_000}\r\n"
                archive.writestr(key, text.encode(encoding))
        packed.write(file.getvalue())
    decoder = BodyDecoder(Decoder(type="csv", compression="zip"), ElementPath(), None)
    rows = decoder.decode(packed, Budget(100_000_000))
    assert isinstance(rows, LazyList)
    assert [(row["id"], len(row["n"])) for row in rows] == [(key, 100_000) for key in ids]


def test_a_line_near_the_end_of_a_large_body_is_named(
    api: ScriptedApi, bodies: dict[str, bytes]
) -> None:
    handler = {"max_retries": 0}
    api.always("/items", Reply(bodies["jsonl"] + b'\n{"id": '))
    error = str(failure(declare(snapshot("jsonl", error_handler=handler))))
    assert f"line {COUNT + 2} is not a JSON value" in error
    api.always("/items", Reply(bodies["csv"] + b"1\r\n"))
    error = str(failure(declare(snapshot("csv", error_handler=handler))))
    assert f"line {2 * COUNT + 2} has 1 values" in error


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_body_has_a_limit_compressed_or_not(
    api: ScriptedApi, bodies: dict[str, bytes], compression: Any
) -> None:
    body = bodies["jsonl"]
    api.always("/items", Reply(gzip.compress(body) if compression else body))
    decoder = {"type": "jsonl", "compression": compression}
    error = failure(declare(snapshot(decoder), client={"max_answer": "5MB"}))
    assert str(error) == (
        "demo.items: GET /items: the response is larger than 5MB; request smaller pages, or raise "
        "client.max_answer"
    )


def test_a_full_disk_is_an_error_of_its_own(
    api: ScriptedApi, bodies: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    api.always("/items", Reply(bodies["jsonl"]))
    assert str(failure(declare(snapshot("jsonl")))) == (
        "demo.items: GET /items: the temporary folder cannot hold the response: No space left on "
        "device; make room, or set TMPDIR"
    )


@pytest.fixture(scope="module")
def measured(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[int, int]]:
    """Kind → the bytes that reading a large body takes, and the length of that body."""
    api, lengths, cases = hub.new_api(), dict[str, int](), list[Case]()
    for kind, body in large(40_000, 100).items():
        api.always(f"/small_{kind}", Reply(large(10)[kind]))
        api.always(f"/{kind}", Reply(body))
        lengths[kind] = len(body)
        small = snapshot(kind, path=f"/small_{kind}")
        cases.append((small, snapshot(kind, path=f"/{kind}"), 40_000))
    with project_asking(api, tmp_path_factory.mktemp("measured")):
        return dict(zip(lengths, zip(measure(cases), lengths.values(), strict=True), strict=True))


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_large_body_takes_little_memory(
    measured: Mapping[str, tuple[int, int]], kind: str
) -> None:
    """Measured in a process of its own, after a small body of the same kind."""
    taken, length = measured[kind]
    # About 30 MB, however long the body is.
    assert taken < 45_000_000 < length / 1.1
