"""Rate budgets that machines share: two tables in the schema `analytics_ingest` of PostgreSQL.

Each request costs two round trips: one takes the API's lock and reads, one writes and commits. A
run that dies in between changes nothing. The clock is the server's, so that the clocks of the
machines do not matter.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import psycopg2
from psycopg2 import errors

from analytics_ingest.common.errors import LimitsError
from analytics_ingest.extract.concurrency.locks import RATE_LOCK
from analytics_ingest.extract.concurrency.postgres_connection import PostgresConnection
from analytics_ingest.extract.concurrency.postgres_locks import build_lock_key
from analytics_ingest.extract.rates.state import BudgetState, Ring

_CREATE = """
begin; select pg_advisory_xact_lock(%s, %s);
create schema if not exists analytics_ingest;
create table if not exists analytics_ingest.rate_budgets (
    budget text primary key, number bigint not null, newest float8 not null, remaining bigint,
    resets_at float8 not null);
create table if not exists analytics_ingest.rate_requests (
    budget text, place int, at float8 not null, primary key (budget, place))
    with (fillfactor = 50);
commit
"""
_READ = """
begin isolation level read committed; select pg_advisory_xact_lock(%s, %s);
select extract(epoch from clock_timestamp())::float8, coalesce(b.number, 0),
    coalesce(b.newest, 0), coalesce(r.at, 0), b.remaining, coalesce(b.resets_at, 0)
from unnest(%s::text[], %s::int[]) with ordinality as ring (budget, size, position)
left join analytics_ingest.rate_budgets as b using (budget)
left join analytics_ingest.rate_requests as r
    on r.budget = ring.budget and r.place = coalesce(b.number, 0) %% nullif(ring.size, 0)
order by position
"""
_COUNT = "select count(*) from analytics_ingest.rate_requests where budget = %s and at > %s"
_SET_BACK = """
update analytics_ingest.rate_requests set at = %s where budget = %s and at > %s;
"""
_WRITE_HEAD = """
insert into analytics_ingest.rate_budgets values (%s, %s, %s, %s, %s)
on conflict (budget) do update set number = excluded.number, newest = excluded.newest,
    remaining = excluded.remaining, resets_at = excluded.resets_at;
"""
_WRITE_MOMENT = """
insert into analytics_ingest.rate_requests values (%s, %s, %s)
on conflict (budget, place) do update set at = excluded.at;
"""
_POSTPONE = """
update analytics_ingest.rate_requests as request set at = later.at from (
    select place, lead(at, 1, %s) over moments as at, first_value(at) over moments as first
    from analytics_ingest.rate_requests
    where budget = %s and at between %s and %s
    window moments as (order by at)) as later
where budget = %s and request.place = later.place and first = %s;
"""
"""Each moment in between moves to the place before it: the ring remains in order."""


class PostgresRates:
    """The budgets of an API in a database.

    Args:
        url: A `postgresql://` address.
        setting: What the server is and the variable that names it, for errors.
        name: The API's name.
    """

    def __init__(self, url: str, setting: tuple[str, str], name: str) -> None:
        self._connection = PostgresConnection(url, setting, name)
        self._setting = setting
        self._api = name
        self._lock = build_lock_key(name), RATE_LOCK

    @contextmanager
    def lock(self, rings: Sequence[Ring]) -> Iterator[tuple[float, list[BudgetState]]]:
        rows = self._read(rings)
        now, states = rows[0][0], [BudgetState(*row[1:]) for row in rows]
        statements: list[str] = []
        values: list[object] = []
        for ring, state in zip(rings, states, strict=True):
            if state.is_ahead(now):
                state.set_back(now)
                statements.append(_SET_BACK)
                values += [now, f"{self._api} {ring.key}", now]
        known = [(state.number, state.remaining, state.resets_at) for state in states]
        with ExitStack() as on_error:
            on_error.callback(self._connection.query, "rollback")
            yield now, states
            on_error.pop_all()
        for ring, state, (number, *of_headers) in zip(rings, states, known, strict=True):
            budget = f"{self._api} {ring.key}"
            if state.postponed:
                before, after = state.postponed
                statements.append(_POSTPONE)
                values += [after, budget, before, after, budget, before]
            if state.number > number and ring.size:
                statements.append(_WRITE_MOMENT)
                values += [budget, (state.number - 1) % ring.size, state.newest]
            if state.number > number or [state.remaining, state.resets_at] != of_headers:
                statements.append(_WRITE_HEAD)
                values += [budget, state.number, state.newest, state.remaining, state.resets_at]
        self._connection.query("".join([*statements, "commit"]), *values)

    def count_since(self, ring: Ring, moment: float) -> int:
        ((count,),) = self._connection.query(_COUNT, f"{self._api} {ring.key}", moment)
        return count

    def close(self) -> None:
        self._connection.close()

    def _read(self, rings: Sequence[Ring]) -> list[tuple[float, int, float, float, int, float]]:
        keys = [f"{self._api} {ring.key}" for ring in rings]
        arguments = (*self._lock, keys, [ring.size for ring in rings])
        try:
            try:
                return self._connection.query(_READ, *arguments)
            except (errors.UndefinedTable, errors.InvalidSchemaName):
                self._connection.query("rollback")
            self._connection.query(_CREATE, *self._lock)
            return self._connection.query(_READ, *arguments)
        except psycopg2.Error as error:
            self._connection.close()
            server, _ = self._setting
            raise LimitsError(
                f"{self._api}: {server} cannot store rate budgets ({type(error).__name__}); give "
                "its user the right to create and use the schema analytics_ingest, or remove rate"
            ) from None
