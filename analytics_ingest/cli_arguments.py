"""The arguments of the command line: what each command takes, and how `--help` describes it."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

Command = Callable[[argparse.Namespace], int]
"""What runs a command; returns the exit status."""

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def build_parser(commands_by_name: Mapping[str, Command]) -> argparse.ArgumentParser:
    """Build the parser of all commands.

    Args:
        commands_by_name: The function that runs each command.
    """
    parser = argparse.ArgumentParser(
        prog="analytics-ingest", description="Loads REST APIs into a warehouse."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_new(commands)
    _add_diff(commands)
    _add_try(commands)
    _add_check_and_status(commands)
    commands.add_parser("keys", help="print what every key of a declaration means")
    _add_sample_commands(commands)
    for name, command in commands.choices.items():
        command.set_defaults(run=commands_by_name[name])
    return parser


def _add_new(commands: "_Commands") -> None:
    new = commands.add_parser("new", help="write an API's declaration from a document")
    new.add_argument(
        "name", metavar="NAME", nargs="?", help="the API's name: a-z, 0-9 and single _"
    )
    new.add_argument(
        "--from",
        dest="document",
        metavar="FILE",
        help="an OpenAPI document, an Airbyte manifest, a Markdown document, a .py or .json "
        "configuration, or - for standard input",
    )
    new.add_argument(
        "--list",
        metavar="FILE",
        help="list the contents of an OpenAPI document or an Airbyte manifest; write nothing",
    )
    new.add_argument(
        "--only",
        metavar="PATTERN",
        action="append",
        default=[],
        help="OpenAPI only: convert the listings whose names match, such as 'orders*'; repeatable",
    )
    new.add_argument(
        "--tag",
        metavar="TAG",
        action="append",
        default=[],
        help="OpenAPI only: convert the listings with this tag; repeatable",
    )
    new.add_argument(
        "--prove",
        action="store_true",
        help="request the first pages, and correct the declaration by what the API answers",
    )
    new.add_argument("--force", action="store_true", help="overwrite an existing declaration")
    _add_project(new, has_defs=True)


def _add_diff(commands: "_Commands") -> None:
    diff = commands.add_parser(
        "diff",
        help="compare a declaration with a newer document",
        description="Exits with 0 where nothing differs, with 1 where something does, and with 2 "
        "where the two cannot be compared.",
    )
    diff.add_argument("name", metavar="NAME", help="the name of the API's folder")
    diff.add_argument(
        "--from",
        dest="document",
        metavar="FILE",
        required=True,
        help="any document that new takes, or - for standard input",
    )
    diff.add_argument(
        "--before",
        metavar="FILE",
        help="the document that the declaration was made from; differences that it has too "
        "are omitted",
    )
    _add_project(diff, has_defs=True)


def _add_try(commands: "_Commands") -> None:
    preview = commands.add_parser("try", help="ask an API for the first pages of its resources")
    preview.add_argument("name", metavar="NAME", help="the name of the API's folder")
    preview.add_argument("resources", metavar="RESOURCE", nargs="*", help="all if none is named")
    preview.add_argument(
        "--write-schema", action="store_true", help="add new fields to schema.yaml"
    )
    preview.add_argument(
        "--fix", action="store_true", help="correct the declaration by what the API answers"
    )
    preview.add_argument("--json", action="store_true", help="print a JSON object")
    _add_project(preview, has_defs=True)


def _add_check_and_status(commands: "_Commands") -> None:
    check = commands.add_parser("check", help="check declarations; load and request nothing")
    check.add_argument("names", metavar="API", nargs="*", help="all if none is named")
    status = commands.add_parser(
        "status", help="what is loaded, late or failing; opens no warehouse"
    )
    status.add_argument(
        "names", metavar="API", nargs="*", help="print a line for each resource of these APIs"
    )
    status.add_argument(
        "--resources", action="store_true", help="print a line for each resource of every API"
    )
    status.add_argument("--json", action="store_true", help="print JSON, with all resources")
    _add_project(check)
    _add_project(status)


def _add_project(command: argparse.ArgumentParser, *, has_defs: bool = False) -> None:
    command.add_argument(
        "--project",
        metavar="DIR",
        type=Path,
        help="a Dagster project (default: the one of the current folder)",
    )
    if has_defs:
        command.add_argument("--defs", type=Path, help=argparse.SUPPRESS)


def _add_sample_commands(commands: "_Commands") -> None:
    demo = commands.add_parser("demo", help="load the last days of the sample API, open the UI")
    demo.add_argument("--days", type=int, default=7, help="daily partitions to load (default: 7)")
    demo.add_argument("--no-ui", action="store_true", help="stop after the loads")
    demo.add_argument(
        "--ui-port", type=int, help="port of the UI (default: 3000, or any if that is taken)"
    )
    sample = commands.add_parser("sample-api", help="serve all five APIs on this machine")
    sample.add_argument("--host", default="127.0.0.1")
    sample.add_argument("--port", type=int, default=8123)
    sample.add_argument("--latency-ms", type=int, default=0, help="wait before each response")
    sample.add_argument("--scale", type=float, default=1.0, help="multiply the number of rows")
    sample.add_argument(
        "--dirty", action="store_true", help="add defects to rows, as real APIs have them"
    )
