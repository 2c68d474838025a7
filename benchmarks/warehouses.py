"""This project as it loads a range of partitions into one warehouse or another."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from analytics_ingest_tests.support.postgres import PostgresServer
from benchmarks.checking import Content, WrongRowsError
from benchmarks.peers import Peer, Project
from benchmarks.workloads import DATASET


def into_duckdb(partitions: int) -> Peer:
    """Into a file in the folder of the run."""
    return Project(name="duckdb", title="DuckDB", declared=True, partitions=partitions)


def into_postgres(partitions: int, server: PostgresServer) -> Peer:
    """Into a new database."""
    url = server.create_database()
    settings = {
        "DESTINATION__WAREHOUSE__DESTINATION_TYPE": "postgres",
        "DESTINATION__WAREHOUSE__CREDENTIALS": url,
    }
    return _IntoPostgres(
        name="postgres",
        title="PostgreSQL",
        declared=True,
        partitions=partitions,
        settings=settings,
        warehouse=url,
    )


@dataclass(frozen=True, kw_only=True)
class _IntoPostgres(Project):
    def check(self, folder: Path, contents: Mapping[str, Content]) -> None:
        with closing(psycopg2.connect(self.warehouse)) as connection, connection.cursor() as cursor:
            for table, content in contents.items():
                cursor.execute(f"select count(*), sum(id) from {DATASET}.{table}")
                if (stored := cursor.fetchone()) != (content.rows, content.sum_of_ids):
                    raise WrongRowsError(f"{table} holds {stored}, not {content}")
