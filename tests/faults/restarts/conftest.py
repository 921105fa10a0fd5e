"""A fake Discord for each test, which starts its bots one after the other, and an account of every question."""

from __future__ import annotations

from discords import server
from faults.accounting import accounted_discord

fake = accounted_discord()
guild = server("Product people")
