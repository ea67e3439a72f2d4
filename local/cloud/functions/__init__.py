"""The function binaries as Lambda would run them: environments, the Runtime API, invocations, event sources."""
