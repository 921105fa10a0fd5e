"""Ask a language model for translations: of what, in which words, and in what form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.authoring.requests import Request, named
from bot.authoring.translations.standings import Standing
from bot.authoring.translations.wording import EARLIER, EXAMPLES, REQUEST
from bot.authoring.translations.writing import yaml_of
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.originals import Match, State
from bot.language.names import english_name
from bot.language.speech import _, speaking

MAX_EXAMPLES = 4


def make_request(
    knowledge: KnowledgeBase, standing: Standing, *, ids: Sequence[str], per_request: int
) -> Request | None:
    """Return a request for the texts with some ids; without any, for the first that have no usable translation.

    None if there are none.

    Raises:
        UnknownId: Nothing that can be translated has one of the ids.
    """
    open_ones = standing.of(State.MISSING, State.OUTDATED, State.INCOMPLETE)
    by_id = {str(match.original.key): match for match in standing.matches}
    asked = tuple(named(id_, by_id, as_what="nothing to translate called") for id_ in dict.fromkeys(ids))
    wanted = asked or open_ones[:per_request]
    if not wanted:
        return None
    earlier = [match for match in wanted if match.part and match.part.texts]
    done = [match for match in standing.of(State.TRANSLATED) if match not in wanted]
    examples = sorted(done, key=lambda match: match.original.key.group not in {"entries", "sections"})[:MAX_EXAMPLES]
    with speaking(standing.language):
        about_sentence = _("I answer questions about **{name}**.", name="NAME").replace("**", "")
        nothing_sentence = _("I don't have anything on {subject}.", subject="NAME")
    text = REQUEST.format(
        source=english_name(knowledge.language),
        target=english_name(standing.language),
        name=knowledge.name,
        about=f" {knowledge.about}" if knowledge.about else "",
        about_sentence=about_sentence,
        nothing_sentence=nothing_sentence,
        earlier=EARLIER.format(texts=_translated(earlier)) if earlier else "",
        examples=EXAMPLES.format(texts=_translated(examples)) if examples else "",
        texts=_originals(wanted),
    )
    later = tuple(str(match.original.key) for match in open_ones if match not in wanted)
    return Request(text, tuple(str(match.original.key) for match in wanted), later)


def _translated(matches: Iterable[Match]) -> str:
    return yaml_of({match.original.key: match.texts for match in matches})


def _originals(matches: Iterable[Match]) -> str:
    return yaml_of({match.original.key: {"of": match.original.version, **match.original.texts} for match in matches})
