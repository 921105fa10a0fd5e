"""What operators use: `tpm-bot run` and `health`."""

from __future__ import annotations

import typer

from bot.commands.options import FAULT_FOUND, KnowledgeFolder, settings_for

app = typer.Typer(rich_markup_mode=None)


@app.command()
def run(directory: KnowledgeFolder = None) -> None:
    """Answer on Discord."""
    import asyncio

    from bot.bootstrap import run_discord
    from bot.operations.logs import configure_logging

    settings = settings_for(directory)
    configure_logging(settings.log_level, settings.log_format, secrets=(settings.token(),))
    asyncio.run(run_discord(settings))


@app.command()
def health() -> None:
    """Check whether the bot at MONITORING_ADDRESS can answer."""
    from bot.operations.health import ask_health
    from bot.settings import ConfigurationError, read_settings

    address = read_settings().monitoring_address
    if address is None:
        raise ConfigurationError("MONITORING_ADDRESS isn't set. Set it as for `run`.")
    found = ask_health(address)
    print(found.report)
    if not found.is_ready:
        raise typer.Exit(FAULT_FOUND)
