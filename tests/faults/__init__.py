"""What the bot does on Discord's bad days."""
