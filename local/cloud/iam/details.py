"""GetAccountAuthorizationDetails in pages, with AWS managed policies only where they are attached.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from moto.iam.exceptions import ValidationError
from moto.iam.models import AWSManagedPolicy

DEFAULT_PAGE = 100
_MOST = 1000
_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def page(backend: Any, kinds: list[str], size: int, marker: str | None) -> dict[str, Any]:
    """One page: a mixture of users, groups, roles and policies, in this order."""
    if not 1 <= size <= _MOST:
        raise ValidationError(f"Value '{size}' at 'maxItems' failed to satisfy constraint: from 1 to {_MOST}")
    everything = list(_everything(backend, kinds))
    try:
        start = int(marker or 0)
    except ValueError:
        raise ValidationError("Invalid Marker.") from None
    told: dict[str, Any] = {name: [] for name in _LISTS}
    for name, describe, item in everything[start : start + size]:
        told[name].append(describe(backend, item))
    told["IsTruncated"] = start + size < len(everything)
    if told["IsTruncated"]:
        told["Marker"] = str(start + size)
    return told


def _everything(backend: Any, kinds: list[str]) -> Iterator[tuple[str, Callable[[Any, Any], dict[str, Any]], Any]]:
    def asked(kind: str) -> bool:
        return not kinds or kind in kinds

    if asked("User"):
        yield from (("UserDetailList", _user, user) for user in backend.users.values())
    if asked("Group"):
        yield from (("GroupDetailList", _group, group) for group in backend.groups.values())
    if asked("Role"):
        yield from (("RoleDetailList", _role, role) for role in backend.roles.values())
    for policy in backend.managed_policies.values():
        of_aws = isinstance(policy, AWSManagedPolicy)
        wanted = asked("AWSManagedPolicy" if of_aws else "LocalManagedPolicy")
        if wanted and (policy.attachment_count or not of_aws):
            yield "Policies", _policy, policy


def _user(backend: Any, user: Any) -> dict[str, Any]:
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.create_date,
        "UserPolicyList": _inline(user),
        "GroupList": [group.name for group in backend.get_groups_for_user(user.name)],
        "AttachedManagedPolicies": user.attached_managed_policies,
        "Tags": _tags(backend, user),
    }


def _group(_: Any, group: Any) -> dict[str, Any]:
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": group.id,
        "Arn": group.arn,
        "CreateDate": group.create_date,
        "GroupPolicyList": _inline(group),
        "AttachedManagedPolicies": group.attached_managed_policies,
    }


def _role(backend: Any, role: Any) -> dict[str, Any]:
    profiles = [profile for profile in backend.instance_profiles.values() if role in profile.roles]
    told = {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": _document(role.assume_role_policy_document),
        "InstanceProfileList": [
            {
                "Path": profile.path,
                "InstanceProfileName": profile.name,
                "InstanceProfileId": profile.id,
                "Arn": profile.arn,
                "CreateDate": profile.create_date,
                "Roles": [],
            }
            for profile in profiles
        ],
        "RolePolicyList": _inline(role),
        "AttachedManagedPolicies": role.attached_managed_policies,
        "Tags": _tags(backend, role),
        "RoleLastUsed": {"LastUsedDate": role.last_used, "Region": role.last_used_region} if role.last_used else {},
    }
    if role.permissions_boundary_arn:
        told["PermissionsBoundary"] = role.permissions_boundary
    return told


def _policy(backend: Any, policy: Any) -> dict[str, Any]:
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": policy.attachment_count,
        "PermissionsBoundaryUsageCount": sum(
            role.permissions_boundary_arn == policy.arn for role in backend.roles.values()
        ),
        "IsAttachable": True,
        "Description": policy.description or None,
        "CreateDate": policy.create_date,
        "UpdateDate": policy.update_date,
        "PolicyVersionList": [
            {
                "Document": _document(version.document),
                "VersionId": version.version_id,
                "IsDefaultVersion": version.is_default,
                "CreateDate": version.create_date,
            }
            for version in policy.versions
        ],
    }


def _inline(holder: Any) -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyDocument": _document(text)} for name, text in holder.policies.items()]


def _document(document: str) -> str:
    """In the encoding of URLs, as IAM tells all documents."""
    return quote(document, safe="")


def _tags(backend: Any, holder: Any) -> list[dict[str, str]]:
    own = getattr(holder, "tags", None)
    if own is None:
        found: list[dict[str, str]] = backend.tagger.list_tags_for_resource(holder.arn)["Tags"]
        return found
    return list(own.values()) if isinstance(own, dict) else list(own)
