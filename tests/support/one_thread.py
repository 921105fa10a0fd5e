"""Let numpy compute in one thread, as the bot does: its other threads would only wait, and busily.

Import this before numpy, which reads the setting once.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
