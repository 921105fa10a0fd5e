"""Turn a message into questions, and a question into words. Pure functions over text."""

from __future__ import annotations

import re
import unicodedata

max_message_length = 4000  # characters of a message that are looked at

_MENTION = re.compile(r"<(?:@[!&]?|#|id:)\w+>")
_COMMAND_OR_EMOJI = re.compile(r"<(?:/[^:<>\n]{1,100}|a?:\w{1,64}|t:-?\d{1,20}):?\w{0,20}>")
_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?https?://[^\s)]*>?\s*\)|<?\bhttps?://\S+", re.IGNORECASE)
_MARKUP = re.compile(r"[*_~`|\\]+|^\s*(?:>{1,3}|#{1,3}|-#)\s+", re.MULTILINE)
_APOSTROPHE = re.compile("[\u2018\u2019\u02bc\u00b4\u201b]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*(?:\+\+|#)?")
_SENTENCE = re.compile(r"[^.!?;\n]*(?:[!?]+|[.;](?!\w)[.;]*|[.;]|\n|\Z)")

_CONTRACTIONS = {
    "n't": " not",
    "'re": " are",
    "'ve": " have",
    "'ll": " will",
    "'m": " am",
    "'d": " would",
    "'s": " is",
}
_CONTRACTED = re.compile(r"(?:(?<=\w)n't|'(?:re|ve|ll|m|d|s))\b")
_POSSESSIVE = re.compile(r"(?<!\bit)(?<!\bthat)(?<!\bwhat)(?<!\bwho)(?<!\bhow)(?<!\bwhere)(?<!\bthere)(?<!\bhere)'s\b")
_UNWRITTEN_APOSTROPHES = {
    "arent": "are not",
    "cant": "can not",
    "couldnt": "could not",
    "didnt": "did not",
    "doesnt": "does not",
    "dont": "do not",
    "hasnt": "has not",
    "havent": "have not",
    "howd": "how would",
    "hows": "how is",
    "im": "i am",
    "isnt": "is not",
    "ive": "i have",
    "shouldnt": "should not",
    "thats": "that is",
    "theres": "there is",
    "theyre": "they are",
    "wasnt": "was not",
    "whats": "what is",
    "whos": "who is",
    "wont": "will not",
    "wouldnt": "would not",
    "youre": "you are",
    "can't": "can not",
    "won't": "will not",
    "cannot": "can not",
    "gonna": "going to",
    "gotta": "got to",
    "wanna": "want to",
    "u": "you",
    "ur": "your",
    "r": "are",
}


def clean(message: str) -> str:
    """Return the words of a message without Discord's markup, mentions, emoji, links and code blocks, casefolded.

    Look at no more than `max_message_length` characters, before and after Unicode's NFKC (which may make text longer).
    Line breaks stay.
    """
    text = unicodedata.normalize("NFKC", message[:max_message_length])[:max_message_length]
    text = "".join(character for character in text if _is_readable(character))
    text = _APOSTROPHE.sub("'", text)
    for unwanted in (_MENTION, _COMMAND_OR_EMOJI, _BLOCK, _LINK):
        text = unwanted.sub(" ", text)
    return _MARKUP.sub(" ", text).casefold()


def _is_readable(character: str) -> bool:
    """Tell ordinary characters from controls, zero-width ones and combining marks that NFKC could not join."""
    return character in "\n\t " or unicodedata.category(character) not in {"Cc", "Cf", "Mn", "Me", "Co", "Cs", "Cn"}


def sentences(text: str) -> list[str]:
    """Split cleaned text where a sentence or a line ends; each keeps its closing mark."""
    return [part for match in _SENTENCE.finditer(text) if _WORD.search(part := match.group().strip())]


def words(text: str) -> list[str]:
    """Return the words of cleaned text, contractions written out and possessives without their ending."""
    found = _WORD.findall(text)
    if "'" in text:
        found = _WORD.findall(" ".join(_written_out(word) for word in found))
    result: list[str] = []
    for word in found:
        result += _UNWRITTEN_APOSTROPHES[word].split() if word in _UNWRITTEN_APOSTROPHES else [word]
    return result


def _written_out(word: str) -> str:
    word = _UNWRITTEN_APOSTROPHES.get(word, word)
    word = _POSSESSIVE.sub("", word)
    return _CONTRACTED.sub(lambda match: _CONTRACTIONS[match.group()], word).replace("'", "")


def stem(word: str) -> str:
    """Cut the commonest English endings off a word, so that its forms meet: codes, coding, coded → cod."""
    if len(word) < 4 or not word.isascii():
        return word
    for ending, replacement, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)] + replacement
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_ENDINGS = (
    ("ications", "y", 3),
    ("ication", "y", 3),
    ("ements", "", 4),
    ("ement", "", 4),
    ("ations", "at", 3),
    ("ation", "at", 3),
    ("ities", "ity", 3),
    ("iness", "y", 3),
    ("ments", "", 4),
    ("ment", "", 4),
    ("ings", "", 3),
    ("ness", "", 4),
    ("ies", "y", 2),
    ("ing", "", 3),
    ("ers", "er", 3),
    ("ied", "y", 2),
    ("sses", "ss", 2),
    ("xes", "x", 2),
    ("ches", "ch", 2),
    ("shes", "sh", 2),
    ("ed", "", 3),
    ("ly", "", 4),
    ("us", "us", 2),
    ("ss", "ss", 2),
    ("is", "is", 2),
    ("s", "", 3),
)
