"""A lower bound: curl sends ten requests at a time, and DuckDB reads the files.

It knows the number of pages beforehand, and checks nothing.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import duckdb

# Table → path; curl replaces its brackets or braces by each value, which #1 names.
plan: dict[str, str] = json.loads(Path("plan.json").read_text())
is_second_run = Path("warehouse.duckdb").exists()
connection = duckdb.connect("warehouse.duckdb")
connection.execute("create schema if not exists bench")

if is_second_run:
    for table, path in plan.items():
        stored = connection.execute(
            "select strftime(max(updated_at at time zone 'UTC'), '%Y-%m-%dT%H:%M:%SZ') "
            f"from bench.{table}"
        ).fetchone()
        newest = stored[0] if stored else ""
        plan[table] = f"{path.partition('?')[0]}?updated_since={newest}&offset={{0}}"

with tempfile.TemporaryDirectory() as pages:
    requests = [
        f'url = "{os.environ["API_URL"]}{path}"\noutput = "{pages}/{table}-#1.json"'
        for table, path in plan.items()
    ]
    parallel = ("--parallel", "--parallel-immediate", "--parallel-max", "10")
    subprocess.run(
        ["curl", "--silent", "--fail", *parallel, "--config", "-"],
        input="\n".join(requests),
        text=True,
        check=True,
    )
    for table in plan:
        connection.execute(
            f"create temp table read_{table} as select unnest(data, max_depth := 2) "
            f"from read_json('{pages}/{table}-*.json')"
        )
        connection.execute(f"create table if not exists bench.{table} as from read_{table} limit 0")
        connection.execute(f"delete from bench.{table} where id in (select id from read_{table})")
        connection.execute(f"insert into bench.{table} from read_{table}")
connection.close()
