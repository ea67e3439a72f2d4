"""IAM as an audit reads it: AWS managed policies as they are attached, everything in pages, the credential report."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.iam.exceptions import ReportNotPresentException
    from moto.iam.models import Role
    from moto.iam.responses import IamResponse

    from . import details, managed, report

    managed.install()
    put_policy = Role.put_policy

    def put_policy_as_text(self: Role, policy_name: str, policy_json: Any) -> None:
        # moto's CloudFormation puts a map, which moto's IAM would tell in Python's spelling.
        put_policy(self, policy_name, policy_json if isinstance(policy_json, str) else json.dumps(policy_json))

    Role.put_policy = put_policy_as_text  # type: ignore[method-assign]

    def get_account_authorization_details(self: IamResponse) -> ActionResult:
        return ActionResult(
            details.page(
                self.backend,
                self._get_param("Filter", []),
                self._get_int_param("MaxItems") or details.DEFAULT_PAGE,
                self._get_param("Marker"),
            )
        )

    def get_credential_report(self: IamResponse) -> ActionResult:
        if not self.backend.credential_report:
            raise ReportNotPresentException("Credential report not present")
        return ActionResult(
            {
                "Content": report.text(self.backend),
                "ReportFormat": "text/csv",
                "GeneratedTime": datetime.now(UTC).replace(microsecond=0),
            }
        )

    IamResponse.get_account_authorization_details = get_account_authorization_details  # type: ignore[method-assign]
    IamResponse.get_credential_report = get_credential_report  # type: ignore[method-assign]
