"""What files call their questions, answers and the rest."""

from __future__ import annotations

import re
import unicodedata

QUESTION = frozenset(
    "question questions q faq title query prompt frage fragen pregunta preguntas pergunta domanda vraag pytanie soru "
    "вопрос 質問 問題 问题".split()
)
ANSWER = frozenset(
    "answer answers a response responses reply text body content solution acceptedanswer antwort antworten respuesta "
    "respuestas reponse reponses resposta risposta antwoord odpowiedz cevap ответ 回答 答え 答案".split()
)
WORDINGS = frozenset(
    "phrasings phrasing patterns variants variations alternatives alternatequestions synonyms utterances examples "
    "trainingphrases otherwordings wordings".split()
)
ID = frozenset("id slug key identifier".split())
GROUP = frozenset("category categories group section topic tag tags theme kategorie categoria rubrik".split())


_VAGUE = frozenset("q a text body content title query key".split())  # with another word, these may be anything


def role_of(name: str) -> frozenset[str] | None:
    """Return which of the above a column or a key is, if any: "Answer (English)" is an answer."""
    without_remark = re.sub(r"\(.*?\)|\[.*?\]", "", name)
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", without_remark))
    plain = ["".join(c for c in unicodedata.normalize("NFKD", part) if not unicodedata.combining(c)) for part in parts]
    folded = [part.casefold() for part in plain]
    exact = next((role for role in (QUESTION, ANSWER, WORDINGS, ID, GROUP) if "".join(folded) in role), None)
    if exact or len(folded) == 1:
        return exact
    return next((role for role in (ID, WORDINGS, GROUP, ANSWER, QUESTION) if (role - _VAGUE) & {*folded}), None)
