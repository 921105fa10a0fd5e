"""Pictures of what people see on Discord, drawn from what the bot has sent."""
