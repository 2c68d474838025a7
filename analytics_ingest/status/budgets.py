"""The rate budgets of an API → how much of each is used, where its runs count their requests."""

from contextlib import closing

from analytics_ingest.common.errors import LimitsError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.rates.budget import Budget
from analytics_ingest.extract.rates.storage import open_rates
from analytics_ingest.status.model import BudgetUse


def read_budgets(api: ApiDeclaration) -> tuple[list[BudgetUse], str]:
    """Read the use of an API's budgets, and why it cannot be read."""
    uses: list[BudgetUse] = []
    if not api.declared.rates:
        return uses, ""
    try:
        with closing(open_rates(api.name)) as storage:
            for rate in api.declared.rates:
                budget = Budget(rate)
                used, remaining = budget.read_use(storage)
                uses.append(BudgetUse(str(budget), used, rate.requests, remaining))
    except LimitsError as error:
        return uses, str(error)
    return uses, ""
