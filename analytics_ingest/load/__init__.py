"""Pages → tables, with dlt and without Dagster. The path of a page:

1. `source` draws it from the extractor; `rows/routing` decides which of its rows are loaded.
2. `rows/batches` gathers rows: `rows/arrow` and `rows/imported_files` make files of them, or else
   `rows/coercion` makes rows that dlt can store.
3. dlt imports the files, or normalizes the rows, by the plan and the hints in `warehouse`.
4. `warehouse/pipeline` takes the write lock, and dlt merges the load into the table.
5. `hooks` lets `warehouse/deletes` mark what is gone, `warehouse/profiler` count the loaded rows
   for the checks, and `warehouse/run_ledger` write `_runs`, before the lock is released.
6. The staging tables are emptied, and `warehouse/read_replica` copies the file for readers.
7. `second_reading` reads resources again, where one reading cannot show which rows are gone.
"""
