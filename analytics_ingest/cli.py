"""The command line, `analytics-ingest`: runs a command by its name.

Each command imports what it needs when it runs, so that all start fast.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec

from analytics_ingest.cli_arguments import build_parser

PARTIAL = 3
"""The status of `new` where it has skipped streams or listings and written the others."""

FAILED = 2
"""The status of `diff` where it cannot compare; 1 says that there are differences."""

SAMPLES = ("demo", "sample-api")
"""The commands that need what only the checkout holds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return the status to exit with."""
    parser = _build_parser()
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


@cache
def _build_parser() -> argparse.ArgumentParser:
    return build_parser(
        {
            "new": _run_new,
            "diff": _run_diff,
            "try": _run_try,
            "check": _check,
            "status": _run_status,
            "keys": _run_keys,
            "demo": _run_demo,
            "sample-api": _run_sample_api,
        }
    )


def _run_new(options: argparse.Namespace) -> int:
    from analytics_ingest.common.printable import to_printable
    from analytics_ingest.common.project import in_project
    from analytics_ingest.convert.command import create_api, list_streams
    from analytics_ingest.convert.conversion_log import ConversionError
    from analytics_ingest.convert.openapi.convert_openapi import Selection
    from analytics_ingest.project_discovery import NoProjectError, find_project

    selection = Selection(tuple(options.only), tuple(options.tag))
    try:
        if options.list:
            print(list_streams(options.list, selection))
            return 0
        defs = options.defs or find_project(options.project).defs
        conversion = create_api(
            options.name, options.document, defs=defs, force=options.force, selection=selection
        )
    except (ConversionError, NoProjectError) as error:
        print(to_printable(str(error)), file=sys.stderr)
        return 1
    print(conversion.report)
    status = 0 if conversion.is_complete else PARTIAL
    if not options.prove:
        return status
    from analytics_ingest.preview.command import run_preview

    with in_project(find_project(options.project).folder):
        return run_preview(options.name, [], defs=defs, is_fixing=True) or status


def _run_diff(options: argparse.Namespace) -> int:
    from analytics_ingest.common.printable import to_printable
    from analytics_ingest.convert.command import compare_api
    from analytics_ingest.convert.conversion_log import ConversionError
    from analytics_ingest.declaration.errors import DeclarationError
    from analytics_ingest.project_discovery import NoProjectError, find_project

    try:
        defs = options.defs or find_project(options.project).defs
        differences = compare_api(options.name, options.document, defs=defs, before=options.before)
    except (ConversionError, DeclarationError, NoProjectError) as error:
        print(to_printable(str(error)), file=sys.stderr)
        return FAILED
    print(to_printable(str(differences), keeps_lines=True))
    return 1 if differences else 0


def _run_try(options: argparse.Namespace) -> int:
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
    from analytics_ingest.common.printable import to_printable
    from analytics_ingest.components.check import check_project
    from analytics_ingest.declaration.errors import DeclarationError
    from analytics_ingest.project_discovery import NoProjectError, find_project

    try:
        result = check_project(options.names, find_project(options.project))
    except (DeclarationError, NoProjectError) as error:
        print(to_printable(str(error)), file=sys.stderr)
        return 1
    for problem in result.problems:
        print(to_printable(str(problem)))
    print(result.summary)
    return 1 if result.problems else 0


def _run_status(options: argparse.Namespace) -> int:
    from analytics_ingest.common.printable import to_printable
    from analytics_ingest.project_discovery import NoProjectError, find_project
    from analytics_ingest.status.command import report_status

    try:
        project = find_project(options.project)
    except NoProjectError as error:
        print(error, file=sys.stderr)
        return 1
    report = report_status(
        options.names, project, as_json=options.json, with_resources=options.resources
    )
    if report.text:
        print(report.text)
    for error in report.errors:
        print(to_printable(error), file=sys.stderr)
    return 1 if report.errors else 0


def _run_keys(_: argparse.Namespace) -> int:
    from analytics_ingest.declaration.reference.key_reference import format_key_reference

    print(format_key_reference(), end="")
    return 0


def _run_demo(options: argparse.Namespace) -> int:
    from analytics_ingest.demo.command import run_demo

    return run_demo(days=options.days, with_ui=not options.no_ui, ui_port=options.ui_port)


def _run_sample_api(options: argparse.Namespace) -> int:
    from analytics_ingest.demo.sample_api.server import format_usage, listen, serve

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
    print(format_usage(listening), flush=True)
    serve(listening, latency_ms=options.latency_ms, scale=options.scale, dirty=options.dirty)
    return 0


if __name__ == "__main__":
    sys.exit(main())
