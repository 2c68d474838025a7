"""How tables are loaded, locked and profiled in any warehouse.

- `pipeline` is dlt's (`lean_pipeline`, which reads less), with the `write_lock`, bounded `memory`,
  and the `pipeline_hooks` that a load gives it.
- Before: `load_plan` says what the destination can do, and `dlt_hints` what the tables are like;
  `missing_tables`, `stored_hints`, `schema_contract`, `masked_keys` and `row_identity` compare
  that with what is stored.
- The merge: `newer_rows` and `emptied_snapshots` keep rows from being replaced, `histories` retires
  them.
- After: `deletes` marks rows, `profiler` and `own_checks` count them, `run_ledger` writes `_runs`,
  `column_comments` describes columns, `staging` and `read_replica` leave the warehouse tidy.
"""
