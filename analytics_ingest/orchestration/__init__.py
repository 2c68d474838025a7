"""When and what to load: a declaration → Dagster assets, whose step runs the load.

- Definitions: `assets` and `specs` build an API's assets, `checks` their checks, `schedules` its
  job and schedule, `alerts` the sensors. Only the step imports dlt and dagster_dlt, so that they
  load fast.
- A run: `step` plans it (`partitions`, `parts`, `deletes`, `parent_passes`), runs each load through
  `dlt_resource`, and records what it did (`partition_metadata`, `partition_events`).
- What was loaded: `load_history` reads it from the events, `history` its counts, `attempts` that of
  the failed attempts of a run, `due` what is left to load.
- Processes and storage, named in dagster.yaml: `launcher`, `celery_launcher`, `executor`,
  `instance`, `event_storage`.
"""
