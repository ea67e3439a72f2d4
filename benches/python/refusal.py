"""Why a camera may not join, and why a message goes back to the queue."""


class Refused(Exception):
    """It may not join: its stable reason, and what a person needs to know."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class HandBack(Exception):
    """It is tried again later."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
