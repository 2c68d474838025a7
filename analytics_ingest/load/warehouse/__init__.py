"""How tables are loaded, locked and profiled in any warehouse.

- `pipeline` is dlt's (`lean_pipeline`, which reads less), with a write lock, bounded memory, and
  the `pipeline_hooks` that a load gives it; `sql_tables` queries what is stored.
- `destinations` are the databases: DuckDB and PostgreSQL; `lake` holds the files of lakes.
- Before: `tables` says what tables are like, as declared and as stored, and creates what is
  missing; `comparisons` refuses loads that would lose or double stored rows.
- `merge` keeps newer rows from being replaced; `staging` and the copy for readers leave the
  warehouse tidy.
- After: `deletes` marks rows, `profiles` counts them, `ledger` records the load.
"""
