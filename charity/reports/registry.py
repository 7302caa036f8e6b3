"""The registers there are: one visible dict, asked by the screens, the API, the jobs and the command line."""

from charity.reports import disbursements, donations, rules, stock
from charity.reports.facts import Report

REPORTS: dict[str, Report] = {report.name: report for report in (donations.REPORT, disbursements.REPORT, stock.REPORT)}


def report(name: str) -> Report:
    """The register of this name, or the refusal report.unknown."""
    found = REPORTS.get(name)
    if found is None:
        raise rules.REPORT_UNKNOWN(report=name)
    return found
