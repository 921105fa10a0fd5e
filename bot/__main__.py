"""The program: `tpm-bot`, or `python -m bot`."""

import sys

INTERRUPTED = 130  # as a shell reports SIGINT


def main() -> None:
    """Run the command line. Whoever interrupts it, though it is still being loaded, sees no traceback."""
    try:
        from bot import cli  # noqa: PLC0415 - loading takes long enough to be interrupted

        cli.main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
