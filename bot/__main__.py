"""The program: `tpm-bot`, or `python -m bot`."""

import gc
import os
import signal
import sys
from types import FrameType

GARBAGE_THRESHOLD = 300_000  # objects made and not yet freed; most commands end before, and `run` sets its own
SHOW_CURSOR = b"\x1b[?25h"  # a progress bar hides it


def main() -> None:
    """Run the command line. SIGINT ends it at once and silently, even while it is being loaded."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in a shell's background
        signal.signal(signal.SIGINT, _end_at_once)
    gc.set_threshold(GARBAGE_THRESHOLD)
    from bot import cli  # noqa: PLC0415 - loading takes long enough to be interrupted

    try:
        cli.main()
    finally:
        gc.freeze()  # or Python would look through everything once more at its end


def _end_at_once(number: int, _frame: FrameType | None) -> None:
    """Exit as a shell reports it. An exception could be raised anywhere, and be printed or swallowed there."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), SHOW_CURSOR)
    os._exit(128 + number)


if __name__ == "__main__":
    main()
