"""An API that prepares a report first: its jobs, and a resource that is read by them."""

from typing import Any

from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

CSV = b"id,plan\n1,free\n2,gold\n"

JOB: dict[str, Any] = {
    "create": {"path": "/reports", "method": "POST", "json": {"type": "plans"}},
    "poll": {
        "path": "/reports/{{ creation_response.id }}",
        "status_path": "status",
        "completed": ["DONE"],
        "running": ["QUEUED", "RUNNING"],
        "failed": ["FATAL"],
        "empty": ["NO_DATA"],
        "interval": 0.01,
    },
    "targets": {"selector": "url"},
}


def declare_report(
    *others: dict[str, Any], job: dict[str, Any] | None = None, **endpoint: Any
) -> ApiDeclaration:
    """Declare a report that is prepared by a job, beside other resources.

    Args:
        job: Keys of the job in place of the usual ones.
        endpoint: Keys of the endpoint that downloads it.
    """
    keys: dict[str, Any] = {
        "path": "{{ download_target }}",
        "decoder": "csv",
        "data_selector": None,
        "incremental": None,
        "job": {**JOB, **(job or {})},
        **endpoint,
    }
    return declare(resource("report", **keys), *others)


class Reports:
    """The jobs of an API, each with the statuses that it has one after the other."""

    def __init__(self, api: ScriptedApi, *statuses: list[Any]) -> None:
        self.url = api.url
        self.body: bytes = CSV
        self._statuses = [list(of_job) for of_job in statuses]
        self._created = 0
        api.on("/reports", self._create)
        api.otherwise(self._answer)

    def _create(self, asked: Asked) -> Any:
        self._created += 1
        return Reply({"id": f"job{self._created}"}, 202)

    def _answer(self, asked: Asked) -> Any:
        kind, _, job = asked.path.removeprefix("/").partition("/job")
        if kind == "files":
            return Reply(self.body, headers={"Content-Type": "text/csv"})
        statuses = self._statuses[int(job) - 1]
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        return {"status": status, "url": f"{self.url}/files/job{job}"}
