"""Turn a message into questions, and a question into words. Pure functions over text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

MAX_MESSAGE_LENGTH = 4000  # characters read per message

# Every pattern is linear: no two of its repetitions can share out the same characters in more than one way.
_MENTION = re.compile(r"<(?:@[!&]?\w+|#\w+|id:[\w:-]+)>|@(?:everyone|here)(?![^\W_])", re.IGNORECASE)
_COMMAND = re.compile(r"</[^<>\n]*:\d+>")
_EMOJI_OR_TIME = re.compile(r"<(?:a?:\w{1,64}|t:-?\d{1,20})(?::\w{1,20})?>")
_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?https?://[^\s)]*\s*\)|<?(?<![^\W_])https?:/\S*[\w/]>?", re.IGNORECASE)
_MARKUP = re.compile(r"[*_~`|\\]+")
_LINE_PREFIX = re.compile(r"^(?:(?:>{1,3}|#{1,3}|-#) )+", re.MULTILINE)
_MAY_BE_MARKUP = re.compile(r"[<>@:#*_~`|\\\u2018\u2019\u201b\u02bc\u2032]|[^\S ]")  # or an apostrophe, or a line break
_ACUTE_ACCENT = "\u00b4"  # NFKC would split it into a space and a combining mark
_APOSTROPHE = re.compile(r"[\u2018\u2019\u201b\u02bc\u2032]|(?<=\w)`(?=\w)")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*(?:(?:\+\+|#)(?!\w))?")
# Atomic (?>…), which early releases of Python 3.11 read rightly where they misread the possessive *+ of a group.
_SENTENCE = re.compile(
    r"(?>(?:[^.!?;\u3002\uff01\uff1f\n]+|\.(?=\w)|(?<=\.\w)\.|(?<=\bvs)\.)*)(?:[!?\uff01\uff1f]+|[.;\u3002]+|\n|\Z)"
)
_SPACELESS_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SPACELESS = re.compile(f"[{_SPACELESS_SCRIPTS}]")  # Thai, Lao, Burmese, Khmer, Japanese, Chinese
_RUN = re.compile(f"[{_SPACELESS_SCRIPTS}]+|[^{_SPACELESS_SCRIPTS}]+")
_UNREADABLE = {"Cc", "Cf", "Mn", "Me", "Co", "Cs", "Cn"}  # controls, zero-width characters, marks that join nothing
_FILLERS = "\u115f\u1160"  # letters to Unicode, but invisible
_MAY_BE_UNREADABLE = re.compile(rf"[^\w\s!-~]|[{_FILLERS}]")

_CONTRACTIONS = {
    "n't": " not",
    "'re": " are",
    "'ve": " have",
    "'ll": " will",
    "'m": " am",
    "'d": " would",
}
_CONTRACTED = re.compile(r"(?:(?<=\w)n't|'(?:re|ve|ll|m|d))\b")
_TAKE_IS = {"he", "here", "how", "it", "she", "that", "there", "what", "when", "where", "who", "why"}  # else possessive
_SHORT_FORMS = {
    "2": "to",
    "4": "for",
    "abt": "about",
    "ain't": "is not",
    "aint": "is not",
    "arent": "are not",
    "b4": "before",
    "bc": "because",
    "can't": "can not",
    "cannot": "can not",
    "cant": "can not",
    "comms": "communication",
    "couldnt": "could not",
    "coz": "because",
    "cuz": "because",
    "didnt": "did not",
    "diff": "difference",
    "doesnt": "does not",
    "dont": "do not",
    "dunno": "do not know",
    "gimme": "give me",
    "gonna": "going to",
    "gotta": "got to",
    "hadnt": "had not",
    "hasnt": "has not",
    "havent": "have not",
    "howd": "how would",
    "hows": "how is",
    "idk": "i do not know",
    "im": "i am",
    "isnt": "is not",
    "itll": "it will",
    "ive": "i have",
    "lemme": "let me",
    "mgmt": "management",
    "msg": "message",
    "mustnt": "must not",
    "nah": "no",
    "neednt": "need not",
    "nope": "no",
    "pls": "please",
    "plz": "please",
    "ppl": "people",
    "r": "are",
    "reqs": "requirements",
    "resps": "responsibilities",
    "shouldnt": "should not",
    "smth": "something",
    "thats": "that is",
    "theres": "there is",
    "theyll": "they will",
    "theyre": "they are",
    "theyve": "they have",
    "tho": "though",
    "thru": "through",
    "thx": "thanks",
    "tysm": "thanks",
    "u": "you",
    "ur": "your",
    "wanna": "want to",
    "wasnt": "was not",
    "wat": "what",
    "werent": "were not",
    "weve": "we have",
    "whats": "what is",
    "wheres": "where is",
    "whos": "who is",
    "won't": "will not",
    "wont": "will not",
    "wouldnt": "would not",
    "wut": "what",
    "y": "why",
    "youll": "you will",
    "youre": "you are",
    "youve": "you have",
}


def clean(message: str) -> str:
    """Return the words of a message without Discord's markup, mentions, emoji, links and code blocks, casefolded.

    Look at no more than `MAX_MESSAGE_LENGTH` characters, before and after Unicode's NFKC (which may make text longer).
    Lines stay apart, without empty ones; inside them, white space is single spaces.
    """
    text = message[:MAX_MESSAGE_LENGTH]
    text = text.lower() if text.isascii() and text.isprintable() else _readable(text)
    if not _MAY_BE_MARKUP.search(text):  # as in almost every message
        return " ".join(text.split())
    for unwanted in (_MENTION, _COMMAND, _EMOJI_OR_TIME, _BLOCK, _LINK):
        text = unwanted.sub(" ", text)
    text = _MARKUP.sub(" ", _APOSTROPHE.sub("'", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return _LINE_PREFIX.sub("", "\n".join(filter(None, lines)))


def _readable(text: str) -> str:
    """Return casefolded NFKC text without invisible characters and stacked marks."""
    text = unicodedata.normalize("NFKC", text.replace(_ACUTE_ACCENT, "'"))[:MAX_MESSAGE_LENGTH].casefold()
    text = _MAY_BE_UNREADABLE.sub(lambda match: match[0] if _is_readable(match[0]) else "", text)
    return unicodedata.normalize("NFKC", text)[:MAX_MESSAGE_LENGTH]  # casefolding can undo NFKC and lengthen the text


def _is_readable(character: str) -> bool:
    return unicodedata.category(character) not in _UNREADABLE and character not in _FILLERS


def sentences(text: str) -> list[str]:
    """Split cleaned text at the ends of sentences and lines; each sentence keeps its closing mark.

    A full stop inside a word ends nothing, nor does that of "vs." and of abbreviations such as "e.g.".
    """
    return [part for match in _SENTENCE.finditer(text) if _WORD.search(part := match.group().strip())]


def words(text: str) -> list[str]:
    """Return the words of cleaned text, with contractions expanded and possessive endings removed."""
    found: list[str] = _WORD.findall(text)
    if not text.isascii() and _SPACELESS.search(text):
        found = [part for word in found for part in _parted(word)]
    if "'" not in text and _SHORT_FORMS.keys().isdisjoint(found):
        return found
    return [part for word in found for part in _written_out(word)]


def rewritten(text: str, replacements: Mapping[str, str]) -> str:
    """Return cleaned text with short forms expanded and some words replaced."""

    def replace(match: re.Match[str]) -> str:
        word = match.group()
        return replacements.get(word) or " ".join(_written_out(word)) or word

    return _WORD.sub(replace, text)


def _parted(word: str) -> list[str]:
    """Split a run of a script without spaces into overlapping pairs of characters, used as its words."""
    parts: list[str] = []
    for run in _RUN.findall(word):
        is_spaceless = _SPACELESS.match(run) and len(run) > 1
        parts += [run[start : start + 2] for start in range(len(run) - 1)] if is_spaceless else [run]
    return parts


def _written_out(word: str) -> list[str]:
    if word in _SHORT_FORMS:
        return _SHORT_FORMS[word].split()
    if "'" not in word:
        return [word]
    host = word.removesuffix("'s")
    if host != word and host in _TAKE_IS:
        return [host, "is"]
    return _CONTRACTED.sub(lambda match: _CONTRACTIONS[match.group()], host).replace("'", "").split()


def stem(word: str) -> str:
    """Cut common English endings off a word, so that its forms match: codes, coding, coded → cod."""
    if len(word) <= _SHORTEST_STEM or not word.isascii():
        return word
    for ending, replacement, least in _ENDINGS.get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)] + replacement
            break
    if len(word) > _SHORTEST_STEM + 1 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]
    return word[:-1] if len(word) > _SHORTEST_STEM and word.endswith("e") else word


_SHORTEST_STEM = 3  # letters
# By their last letter: an ending, what stands in its place, and how many letters must be left before it.
_ENDINGS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "s": (
        ("ications", "y", 3),
        ("ements", "", 4),
        ("ations", "at", 3),
        ("ities", "ity", 3),
        ("iness", "y", 3),
        ("ments", "", 4),
        ("ings", "", 3),
        ("ness", "", 4),
        ("ies", "y", 2),
        ("ers", "er", 3),
        ("sses", "ss", 2),
        ("xes", "x", 2),
        ("ches", "ch", 2),
        ("shes", "sh", 2),
        ("us", "us", 2),
        ("ss", "ss", 2),
        ("is", "is", 2),
        ("s", "", 3),
    ),
    "n": (
        ("ication", "y", 3),
        ("ation", "at", 3),
    ),
    "t": (
        ("ement", "", 4),
        ("ment", "", 4),
    ),
    "g": (("ing", "", 3),),
    "d": (
        ("ied", "y", 2),
        ("ed", "", 3),
    ),
    "y": (("ly", "", 4),),
}
