"""STS: whoever asks who they are is told what CloudTrail tells of them."""

from __future__ import annotations

from .account import ACCOUNT


def install() -> None:
    from moto.core.responses import ActionResult
    from moto.sts.responses import TokenResponse

    from .caller import identity
    from .request import access_key

    def get_caller_identity(self: TokenResponse) -> ActionResult:
        # moto finds only keys of the length that AWS's have.
        who = identity(access_key(self.headers) or "")()
        return ActionResult({"UserId": who["principalId"], "Arn": who["arn"], "Account": ACCOUNT})

    TokenResponse.get_caller_identity = get_caller_identity  # type: ignore[method-assign]
