"""A fake Discord for each test, which starts its bots one after the other."""

from __future__ import annotations

from discords import running_discord, server

fake = running_discord()
guild = server("Product people")
