"""Security Hub: findings as they are imported, updated and asked for.

https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
"""

from __future__ import annotations

from typing import Any

from .paging import page

# What belongs to whoever works with a finding; its provider cannot change it.
_NOT_THE_PROVIDERS = ("Note", "UserDefinedFields", "VerificationState", "Workflow")
_REQUIRED = (
    "AwsAccountId",
    "CreatedAt",
    "Description",
    "GeneratorId",
    "Id",
    "ProductArn",
    "Resources",
    "SchemaVersion",
    "Title",
    "UpdatedAt",
)
_PATHS = {
    "ComplianceStatus": ("Compliance", "Status"),
    "SeverityLabel": ("Severity", "Label"),
    "WorkflowStatus": ("Workflow", "Status"),
    "FindingProviderFieldsSeverityLabel": ("FindingProviderFields", "Severity", "Label"),
    "ResourceId": ("Resources", "Id"),
    "ResourceType": ("Resources", "Type"),
    "Type": ("Types",),
}


def install() -> None:
    """moto keeps whatever comes and does not filter."""
    from moto.securityhub.models import Finding, SecurityHubBackend

    def batch_import_findings(self: SecurityHubBackend, findings: list[dict[str, Any]]) -> Any:
        failed = []
        for given in findings:
            missing = [name for name in _REQUIRED if not given.get(name)]
            if missing:
                told = f"Finding does not adhere to Amazon Finding Format: missing {', '.join(missing)}."
                failed.append({"Id": given.get("Id", ""), "ErrorCode": "InvalidInput", "ErrorMessage": told})
                continue
            kept = next(
                (
                    one
                    for one in self.findings
                    if (one.id, one.data["ProductArn"]) == (given["Id"], given["ProductArn"])
                ),
                None,
            )
            if not kept:
                self.findings.append(Finding(given["Id"], _new(given)))
            elif given["UpdatedAt"] > kept.data["UpdatedAt"]:
                # An older state of the finding is accepted and changes nothing.
                update = {name: value for name, value in given.items() if name not in _NOT_THE_PROVIDERS}
                kept.data = _new(kept.data | update)
        return len(failed), len(findings) - len(failed), failed

    def get_findings(
        self: SecurityHubBackend,
        filters: dict[str, Any] | None = None,
        sort_criteria: Any = None,
        max_results: str | int | None = None,
        next_token: str | None = None,
    ) -> Any:
        found = [one.data for one in self.findings if _matches(one.data, filters or {})]
        return page(found, int(max_results or 100), next_token, 100)

    SecurityHubBackend.batch_import_findings = batch_import_findings  # type: ignore[method-assign]
    SecurityHubBackend.get_findings = get_findings  # type: ignore[method-assign]


def _new(given: dict[str, Any]) -> dict[str, Any]:
    """With what Security Hub fills in, and the provider's fields where the finding has none of its own."""
    provided = dict(given.get("FindingProviderFields") or {})
    severity = given.get("Severity") or provided.get("Severity") or {"Label": "INFORMATIONAL"}
    types = given.get("Types") or provided.get("Types") or []
    provided = {"Severity": severity, "Types": types} | provided
    return {
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        "WorkflowState": "NEW",
        **given,
        "Severity": severity,
        "Types": types,
        "FindingProviderFields": provided,
    }


def _matches(finding: dict[str, Any], filters: dict[str, Any]) -> bool:
    for name, tests in filters.items():
        found = _values(finding, _PATHS.get(name, (name,)))
        if tests and all("Comparison" in test for test in tests) and not _any(found, tests):
            return False
    return True


def _any(found: list[str], tests: list[dict[str, str]]) -> bool:
    """Of the tests that ask for something, one is enough; of those that exclude, all must hold."""
    excluding = [test for test in tests if "NOT" in test["Comparison"]]
    asking = [test for test in tests if "NOT" not in test["Comparison"]]
    if any(_one(value, test) for test in excluding for value in found):
        return False
    return not asking or any(_one(value, test) for test in asking for value in found)


def _one(value: str, test: dict[str, str]) -> bool:
    kind = test["Comparison"].removeprefix("NOT_").removesuffix("_NOT_EQUALS")
    if kind.startswith("PREFIX"):
        return value.startswith(test["Value"])
    if kind.startswith("CONTAINS"):
        return test["Value"] in value
    return value == test["Value"]


def _values(finding: Any, path: tuple[str, ...]) -> list[str]:
    if isinstance(finding, list):
        return [value for item in finding for value in _values(item, path)]
    if not path:
        return [str(finding)] if finding is not None else []
    return _values(finding.get(path[0]), path[1:]) if isinstance(finding, dict) else []
