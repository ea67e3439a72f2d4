"""The one account and region that the local cloud is."""

ACCOUNT = "123456789012"
REGION = "us-east-1"
STACK = "local"

# The event source reads queues under this name, so that the journal can tell its calls from a function's.
POLLER_KEY = "LOCALPOLLER"


# What the secrets begin with that functions are given: whoever finds it in a log has found a leak.
SECRET_MARK = "LOCALSECRET"
TOKEN_MARK = "LOCALTOKEN"


def access_key(function: str) -> str:
    """The access key id that a function signs with: it names the caller in the journal."""
    return "LOCAL" + function.upper()
