"""The command line: `analytics-ingest new`, `check`, `try`, `keys`, `demo` and `sample-api`.

Each command imports what it needs when it runs, so that all start fast.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

PARTIAL = 3
"""The status of `new` where it has skipped streams of a manifest and written the others."""

SAMPLES = ("demo", "sample-api")
"""The commands that need what only the checkout holds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the status to exit with."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "new" and not options.list and None in (options.name, options.document):
        parser.error("new needs NAME and --from FILE, or --list FILE")
    if options.command in SAMPLES and not find_spec("analytics_ingest.demo"):
        print(
            f"analytics-ingest {options.command} comes with the checkout of this package, and the "
            "installed one does not hold it; clone the repository and run it there",
            file=sys.stderr,
        )
        return 1
    return options.run(options)


def _new(options: argparse.Namespace) -> int:
    from analytics_ingest.common.printable import printable
    from analytics_ingest.common.project import in_project
    from analytics_ingest.convert.command import list_streams, new_api
    from analytics_ingest.convert.conversion_log import ConversionError
    from analytics_ingest.project_discovery import NoProjectError, find_project

    try:
        if options.list:
            print(list_streams(options.list))
            return 0
        defs = options.defs or find_project(options.project).defs
        conversion = new_api(options.name, options.document, defs=defs, force=options.force)
    except (ConversionError, NoProjectError) as error:
        print(printable(str(error)), file=sys.stderr)
        return 1
    print(conversion.report)
    status = 0 if conversion.is_complete else PARTIAL
    if not options.prove:
        return status
    from analytics_ingest.preview.command import run_preview

    with in_project(find_project(options.project).folder):
        return run_preview(options.name, [], defs=defs, is_fixing=True) or status


def _try(options: argparse.Namespace) -> int:
    from analytics_ingest.common.project import in_project
    from analytics_ingest.preview.command import run_preview
    from analytics_ingest.project_discovery import NoProjectError, find_project

    try:
        project = find_project(options.project)
    except NoProjectError as error:
        print(error, file=sys.stderr)
        return 1
    with in_project(project.folder):
        return run_preview(
            options.name,
            options.resources,
            defs=options.defs or project.defs,
            with_schema=options.write_schema,
            is_fixing=options.fix,
            as_json=options.json,
        )


def _check(options: argparse.Namespace) -> int:
    from analytics_ingest.common.printable import printable
    from analytics_ingest.components.check import check_project
    from analytics_ingest.declaration.errors import DeclarationError
    from analytics_ingest.project_discovery import NoProjectError, find_project

    try:
        result = check_project(options.names, find_project(options.project))
    except (DeclarationError, NoProjectError) as error:
        print(printable(str(error)), file=sys.stderr)
        return 1
    for problem in result.problems:
        print(printable(str(problem)))
    print(result.summary)
    return 1 if result.problems else 0


def _keys(_: argparse.Namespace) -> int:
    from analytics_ingest.declaration.key_reference import key_reference

    print(key_reference(), end="")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from analytics_ingest.demo.command import run_demo

    return run_demo(days=options.days, with_ui=not options.no_ui, ui_port=options.ui_port)


def _sample_api(options: argparse.Namespace) -> int:
    from analytics_ingest.demo.sample_api.server import listen, serve, usage

    try:
        listening = listen(options.host, options.port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        print(
            f"cannot serve on port {options.port} of {options.host} ({reason}); name another with "
            "--port, or 0 for any that is free",
            file=sys.stderr,
        )
        return 1
    print(usage(listening), flush=True)
    serve(listening, latency_ms=options.latency_ms, scale=options.scale, dirty=options.dirty)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analytics-ingest", description="Loads REST APIs into a warehouse."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="write an API's declaration from a document")
    new.set_defaults(run=_new)
    new.add_argument(
        "name", metavar="NAME", nargs="?", help="the API's name: a-z, 0-9 and single _"
    )
    new.add_argument(
        "--from",
        dest="document",
        metavar="FILE",
        help="a Markdown document, a .py or .json configuration, a manifest of Airbyte's, or - for "
        "standard input",
    )
    new.add_argument(
        "--list", metavar="FILE", help="tell what a manifest of Airbyte's holds; write nothing"
    )
    new.add_argument(
        "--prove",
        action="store_true",
        help="request the first pages, and correct the declaration by what the API answers",
    )
    new.add_argument("--force", action="store_true", help="overwrite an existing declaration")
    preview = commands.add_parser("try", help="ask an API for the first pages of its resources")
    preview.set_defaults(run=_try)
    preview.add_argument("name", metavar="NAME", help="the name of the API's folder")
    preview.add_argument("resources", metavar="RESOURCE", nargs="*", help="all if none is named")
    preview.add_argument(
        "--write-schema", action="store_true", help="add new fields to schema.yaml"
    )
    preview.add_argument(
        "--fix", action="store_true", help="correct the declaration by what the API answers"
    )
    preview.add_argument("--json", action="store_true", help="print a JSON object")
    check = commands.add_parser("check", help="check declarations; load and request nothing")
    check.set_defaults(run=_check)
    check.add_argument("names", metavar="API", nargs="*", help="all if none is named")
    for command in (new, preview, check):
        command.add_argument(
            "--project",
            metavar="DIR",
            type=Path,
            help="a Dagster project (default: the one of the current folder)",
        )
    for command in (new, preview):
        command.add_argument("--defs", type=Path, help=argparse.SUPPRESS)
    keys = commands.add_parser("keys", help="print what every key of a declaration means")
    keys.set_defaults(run=_keys)
    _add_sample_commands(commands)
    return parser


def _add_sample_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="load the last days of the sample API, open the UI")
    demo.set_defaults(run=_demo)
    demo.add_argument("--days", type=int, default=7, help="daily partitions to load (default: 7)")
    demo.add_argument("--no-ui", action="store_true", help="stop after the loads")
    demo.add_argument(
        "--ui-port", type=int, help="port of the UI (default: 3000, or any if that is taken)"
    )
    sample = commands.add_parser("sample-api", help="serve all five APIs on this machine")
    sample.set_defaults(run=_sample_api)
    sample.add_argument("--host", default="127.0.0.1")
    sample.add_argument("--port", type=int, default=8123)
    sample.add_argument("--latency-ms", type=int, default=0, help="wait before each response")
    sample.add_argument("--scale", type=float, default=1.0, help="multiply the number of rows")
    sample.add_argument("--dirty", action="store_true", help="give rows the defects of real ones")


if __name__ == "__main__":
    sys.exit(main())
