"""What keeps the people who use the bot unknown to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_REDACTED_LENGTH = 500  # characters that are kept of a message
_MAX_READ = 4000  # characters of a message; Discord allows no more
_SHORTEST_NAME = 2  # characters; a name of one would take every such letter away
_SHORTEST_PART = 3  # characters of a name's parts, such as a first name

# Every pattern is linear. A mark that holds an id; what has an @ in it; addresses; numbers; and what looks like a key.
_MARKS = re.compile(r"<(?:@[!&]?|#|a?:|t:|id:|/)[^<>\n]{0,200}>")
_AT = re.compile(r"(?<!\S)[^\s@]*@\S*")
_SPELLED_AT = re.compile(  # john(at)example(dot)com
    r"(?<!\S)[^\s\[({<]++\s?[\[({<]\s?(?:at|@)\s?[\])}>]\s?[^\s\[({<]++"
    r"(?:\s?[\[({<]?\s?(?:dot|\.)\s?[\])}>]?\s?[a-z]{2,})*",
    re.IGNORECASE,
)
_AT_PROVIDER = re.compile(  # john.doe at company.com, john at gmail.com; but: work at company.com
    r"(?<!\S)(?:(?=\S{0,64}[._\d])[\w.+-]++\s+at\s+(?:[\w-]+\.)+[a-z]{2,}|"
    r"[\w.+-]++\s+at\s+(?:gmail|googlemail|outlook|hotmail|yahoo|icloud|proton|protonmail|gmx|web|aol)\.[a-z.]{2,})",
    re.IGNORECASE,
)
_SAID_AT = re.compile(  # john at example dot com; but: work at a dot com
    r"(?<!\S)(?:[^\s@]++\s+dot\s+){0,3}[^\s@]++\s+at\s+(?!(?:an?|the|this|that|my|your|our)\s)"
    r"\S++(?:\s+dot\s+[^\W\d_]{2,}+){1,4}(?!\w)",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<!\S)(?>(?:[^\s:]+:(?!//))*)[^\s:]*://\S*|(?<![^\W_])www\.\S+", re.IGNORECASE)
# With a path, whatever it ends in: but node.js/react is no address.
_DOMAIN = re.compile(
    r"(?<![\w.-])(?:[\w-]+\.)+(?:(?:com|org|net|io|gg|dev|me|co|app|ai|info|biz|xyz|edu|gov|eu|uk|us|de|fr|nl|es|it|pl|"
    r"ru|in|jp|cn|br|ca|au|ch|at|se|no|tv|ly|to|link|site|online|page|tech)(?![\w-])(?:[:/?#]\S*)?|"
    r"(?!(?:js|ts)/)[^\W\d_]{2,}(?::\d{1,5})?/\S*)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d){6,}")
_SECRET = re.compile(
    r"(?<![^\W_])(?:(?:pass(?:word|wd|phrase|code)?|pwd?|pin|token|secret|api[ _-]?key)"
    r"\s?(?:is\s?[:=]|is\s|[:=])\s*\S+|"
    r"(?:pass(?:word|wd|phrase|code)|pwd?|pin)\s+(?=\S{0,100}\d)\S{4,})",
    re.IGNORECASE,
)
# password to Blue#77, PIN was 4711, mot de passe 1234: with a few words between
_SAID_SECRET = re.compile(
    r"(?<![^\W_])(?:pass(?:word|wd|code|wort)|pwd?|pin|cv[vc]|mdp|mot de passe|contraseña|senha|пароль|비번|비밀번호|"
    r"パスワード|密码|密碼)(?:[^\W\d_]{1,2})?\s+(?:[^\W\d_]{1,8}\s+){0,2}(?=\S{0,100}\d)\S{3,}",
    re.IGNORECASE,
)
_TAG = re.compile(r"(?<!\S)[^\s#]{2,32}#\d{4}(?!\w)")  # a Discord name of old
_IP_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)|"
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|"
    r"(?:[0-9a-f]{1,4}:){1,7}:|::[0-9a-f]{1,4})(?![\w:])",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?(?!\w)")
_STREETS = (
    re.compile(  # 221B Baker Street
        r"(?<!\w)\d{1,5}[A-Za-z]?,?\s(?:[A-ZÀ-Þ][\w'.-]{0,30}\s){1,3}(?i:street|st|avenue|ave|road|rd|lane|ln|drive|dr|"
        r"boulevard|blvd|court|ct|square|sq|way|place|pl|terrace)(?!\w)\.?"
    ),
    re.compile(  # Hauptstraße 17a
        r"(?<![\w-])(?:[A-ZÀ-Þ][\w.-]{0,30}\s)?[\w-]{0,40}(?i:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer)"
        r"\s?\d{1,4}\s?[a-z]?(?!\w)"
    ),
    re.compile(  # 12 rue Victor Hugo
        r"(?<!\w)\d{1,4},?\s(?:bis\s)?(?i:rue|avenue|boulevard|place|quai)\s(?:(?i:de la|de|du|des)\s)?"
        r"[A-ZÀ-Þ][\w'-]{0,30}(?:\s[A-ZÀ-Þ][\w'-]{0,30})?"
    ),
    re.compile(  # Calle Mayor 17
        r"(?<!\w)(?:(?i:calle|avenida|rua|viale|paseo|plaza|piazza)|Via)\s(?:[^\W\d_]{1,30},?\s){1,4}\d{1,5}(?!\w)"
    ),
)
# Much is key to something: what follows has to look like a key.
_AFTER_KEY = re.compile(
    r"(?<![^\W_])(?:password|passphrase|passcode|token|secret|key)(?:\s+is(?![^\W_]))?[\s:=]{1,3}"
    r"((?=\S{0,100}\d)\S{6,})",
    re.IGNORECASE,
)
_LONG_RUN = re.compile(r"[\w.~+/=:-]{16,}", re.ASCII)
_JOINED_RUN = re.compile(r"[\w-]{10,}", re.ASCII)
_ORDINARY_PART = re.compile(r"[A-Za-z]+\d?|\d{1,5}|[A-Za-z\d]{1,3}", re.ASCII)
_MOST_NUMBERS = 2  # in what is joined by hyphens, such as 5-10-person
_LETTER = re.compile("[A-Za-z]")
_DIGIT = re.compile("[0-9]")
_MIXED_CASE = re.compile(r"(?:[a-z]+[A-Z]+){2}")
_LONGEST_WORD = 32  # letters
_WITHOUT_SPACES = re.compile(  # Thai, Lao, Burmese, Khmer, Japanese, Chinese, Korean
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


def redact(text: str, *, names: Iterable[str] = ()) -> str:
    """Return a message without what may tell who wrote it or give something away, in one line.

    Taken out are mentions and other marks of Discord, email addresses, links, IP addresses, phone and other long
    numbers, IBANs, street addresses with a number, what looks like a password or a key, and the author's names with
    their parts. Too much goes rather than too little.
    """
    text = _SAID_SECRET.sub(" ", _SECRET.sub(" ", _MARKS.sub(" ", _plain(text, _MAX_READ))))
    text = _AFTER_KEY.sub(_without_key, text)
    for unwanted in (_LINK, _SPELLED_AT, _SAID_AT, _AT_PROVIDER, _AT, _TAG, _IP_ADDRESS, _DOMAIN, _IBAN, *_STREETS):
        text = unwanted.sub(" ", text)
    text = _JOINED_RUN.sub(_without_joined_keys, _LONG_RUN.sub(_without_keys, text))
    text = _PHONE.sub(" ", text)  # after the keys, or half of one would be left
    for name in sorted(_with_parts(names), key=len, reverse=True):
        text = re.sub(_as_word(name), " ", text, flags=re.IGNORECASE)
    return _cut(" ".join(text.split()), MAX_REDACTED_LENGTH)


def _plain(text: str, most: int) -> str:
    """Return text in NFKC without characters that are seen by no one, so that nothing hides behind them."""
    text = unicodedata.normalize("NFKC", _cut(text, most))
    kept = (each if each.isspace() else "" if unicodedata.category(each)[0] == "C" else each for each in text)
    return _cut("".join(kept), most)


def _cut(text: str, most: int) -> str:
    """Cut off what is too much at the end of a word: half an address would not be known as one."""
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0] or text[:most]


def _without_keys(match: re.Match[str]) -> str:
    run = match[0]
    is_key = _has_letter_and_digit(run) or any(
        len(word) > _LONGEST_WORD or _MIXED_CASE.search(word) for word in re.split(r"[^A-Za-z]+", run)
    )
    return " " if is_key else run


def _without_key(match: re.Match[str]) -> str:
    return " " if _is_made_up(match[1].strip(".,;:!?")) else match[0]


def _without_joined_keys(match: re.Match[str]) -> str:
    run = match[0]
    return " " if ("-" in run or "_" in run) and _is_made_up(run) else run


def _is_made_up(run: str) -> bool:
    """Return whether letters and digits are more than joined words and numbers such as 24-hour, B2B-focused, Q3/Q4."""
    if not _has_letter_and_digit(run):
        return False
    parts = re.split("[-/]", run)
    numbers = sum(bool(_DIGIT.search(part)) for part in parts)
    return numbers > _MOST_NUMBERS or not all(_ORDINARY_PART.fullmatch(part) for part in parts)


def _has_letter_and_digit(run: str) -> bool:
    return bool(_LETTER.search(run) and _DIGIT.search(run))


def _as_word(name: str) -> str:
    """Return a pattern for a name as a word. Some scripts put no spaces around it, or a particle after it."""
    before = "" if _WITHOUT_SPACES.match(name[0]) else r"(?<![^\W_])"
    after = "" if _WITHOUT_SPACES.match(name[-1]) else r"(?![^\W_])"
    return f"{before}{re.escape(name)}{after}"


def _with_parts(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        whole = " ".join(_plain(name, _MAX_READ).split())
        found.update(part for part in re.split(r"[\W_]+", whole) if len(part) >= _SHORTEST_PART)
        if len(whole) >= _SHORTEST_NAME:
            found.add(whole)
    return found
