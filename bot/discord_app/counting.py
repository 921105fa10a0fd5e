"""What an outcome adds to the statistics of a server; nothing about who asked."""

from __future__ import annotations

from bot.answering import Answered, Outcome, Suggested, Unanswered
from bot.storage.recorder import Recorder
from bot.storage.statistics import Event, direct_messages


def count_question(recorder: Recorder, outcome: Outcome, *, server_id: int | None) -> None:
    """Count a question and what became of it: each topic that was answered, or that it was suggested or refused."""
    server = server_id or direct_messages
    recorder.record(Event.asked, server_id=server)
    match outcome:
        case Answered(answers=answers):
            for answer in answers:
                recorder.record(Event.answered, server_id=server, topic=answer.entry.id)
        case Suggested():
            recorder.record(Event.suggested, server_id=server)
        case Unanswered(off_topic=None):
            recorder.record(Event.refused, server_id=server)
        case Unanswered(off_topic=subject):
            recorder.record(Event.off_topic, server_id=server, topic=subject.id)
