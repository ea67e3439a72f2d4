"""AWS Budgets as far as a cost budget's alerts need it: moto's keeps what it is given, and has no states."""

from __future__ import annotations


def install() -> None:
    """Puts our backend and our operations in the place of moto's. Before any backend exists."""
    from moto.budgets import models, urls

    from .backend import Budgets
    from .operations import BudgetsOperations

    models.budgets_backends.backend = Budgets  # type: ignore[misc]
    urls.url_paths = {"{0}/$": BudgetsOperations.dispatch}
