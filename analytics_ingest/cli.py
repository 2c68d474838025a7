"""The command line: `analytics-ingest demo`, `try`, `keys` and `sample-api`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the status to exit with."""
    options = _parser().parse_args(arguments)
    if options.command == "sample-api":
        from analytics_ingest.sample_api.server import serve

        serve(
            options.host,
            options.port,
            latency_ms=options.latency_ms,
            scale=options.scale,
            dirty=options.dirty,
        )
        return 0
    if options.command == "keys":
        from analytics_ingest.config.key_reference import key_reference

        print(key_reference(), end="")
        return 0
    if options.command == "try":
        from analytics_ingest.trial.command import DEFS, run_trial

        defs = options.defs or DEFS
        return run_trial(
            options.name, options.resources, defs=defs, with_schema=options.write_schema
        )
    from analytics_ingest.demo import run_demo

    return run_demo(days=options.days, with_ui=not options.no_ui, ui_port=options.ui_port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="analytics-ingest", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="load the last days of the sample API, then show it")
    demo.add_argument("--days", type=int, default=7, help="daily partitions to load (default: 7)")
    demo.add_argument("--no-ui", action="store_true", help="stop after the table")
    demo.add_argument("--ui-port", type=int, default=3000, help="port of the UI (default: 3000)")
    sample = commands.add_parser("sample-api", help="serve all five APIs on this machine")
    sample.add_argument("--host", default="127.0.0.1")
    sample.add_argument("--port", type=int, default=8123)
    sample.add_argument("--latency-ms", type=int, default=0, help="wait before each answer")
    sample.add_argument("--scale", type=float, default=1.0, help="times as many rows")
    sample.add_argument("--dirty", action="store_true", help="rows as bad as real ones")
    commands.add_parser("keys", help="print what every key of a declaration means")
    trial = commands.add_parser("try", help="ask an API for the first pages of its resources")
    trial.add_argument("name", metavar="NAME", help="the API's name, that of its folder")
    trial.add_argument("resources", metavar="RESOURCE", nargs="*", help="all unless some are named")
    trial.add_argument(
        "--write-schema", action="store_true", help="add the fields that were seen to schema.yaml"
    )
    trial.add_argument("--defs", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
