"""Why an interaction could not be answered, as far as the stand-in knows: Discord tells whoever clicked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fake_discord import Entry

window = 3.0  # seconds that Discord gives for an interaction's first response
near = 0.1  # seconds before a cut or an end in which an event may be lost on its way
completion = 70.0  # seconds in which a process that has acknowledged an interaction brings the answer, or gives up
last_try = 1.0  # seconds before the window closes after which no further try is expected

nobody_connected = "sent while no session was connected"
cut_meanwhile = "the connection was cut as it was sent"
stopping = "sent to a process that was being ended"
killed = "sent to a process that was killed within its 3 s"
killed_later = "acknowledged by a process that was killed before the answer was there"
struck = "faults struck every response until its 3 s were over"
not_tried_again = "a fault struck the suggestions, and the next letter typed asks anew"


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
        return killed_later if any(0 <= after <= completion for after in kills) else None
    at = entry.asked_at
    if not entry.heard:
        return nobody_connected
    if any(0 <= cut - at <= near for cut in cuts):
        return cut_meanwhile
    for one in endings:
        if one.began - (window if one.by_kill else near) <= at <= one.ended + near:
            return killed if one.by_kill else stopping
    if entry.struck_at and entry.struck_at[-1] - at > window - last_try:
        return struck
    return not_tried_again if entry.struck_at and entry.where == "autocomplete" else None
