"""Why an interaction could not be answered, as far as the stand-in knows: Discord tells whoever clicked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fake_discord import Entry

WINDOW = 3.0  # seconds that Discord gives for an interaction's first response
NEAR = 0.1  # seconds before a cut or an end in which an event may be lost on its way
COMPLETION = 70.0  # seconds in which a process that has acknowledged an interaction brings the answer, or gives up
LAST_TRY = 1.0  # seconds before the window closes after which no further try is expected

NOBODY_CONNECTED = "sent while no session was connected"
CUT_MEANWHILE = "the connection was cut as it was sent"
STOPPING = "sent to a process that was being ended"
KILLED = "sent to a process that was killed within its 3 s"
KILLED_LATER = "acknowledged by a process that was killed before the answer was there"
STRUCK = "faults struck every response until its 3 s were over"
NOT_TRIED_AGAIN = "a fault struck the suggestions, and the next letter typed asks anew"


@dataclass(frozen=True, slots=True)
class Ending:
    """From when to when a process was being ended, by the stand-in's clock, and whether with SIGKILL."""

    began: float
    ended: float
    by_kill: bool = False


def excuse_for(entry: Entry, *, cuts: Iterable[float], endings: Iterable[Ending]) -> str | None:
    """Return why an interaction could not be answered in time; None if nothing excuses that.

    What was acknowledged is excused only by SIGKILL: another process can't know what was to be said.
    """
    if (acknowledged_at := entry.acknowledged_at) is not None:
        kills = (one.began - acknowledged_at for one in endings if one.by_kill)
        return KILLED_LATER if any(0 <= after <= COMPLETION for after in kills) else None
    at = entry.asked_at
    if not entry.heard:
        return NOBODY_CONNECTED
    if any(0 <= cut - at <= NEAR for cut in cuts):
        return CUT_MEANWHILE
    for one in endings:
        if one.began - (WINDOW if one.by_kill else NEAR) <= at <= one.ended + NEAR:
            return KILLED if one.by_kill else STOPPING
    if entry.struck_at and entry.struck_at[-1] - at > WINDOW - LAST_TRY:
        return STRUCK
    return NOT_TRIED_AGAIN if entry.struck_at and entry.where == "autocomplete" else None
