"""Recognize messages that only greet, thank or react. No entry answers them."""

from __future__ import annotations

from collections.abc import Collection

from bot.matching.lexicon import is_function_word

# English, then German, Spanish, French, Portuguese, Italian, Dutch, Polish, Turkish and Russian. Scripts without spaces
# are parted into pairs of characters, of which one that is in no other word stands for the whole.
_COURTESIES = frozenset(
    """cheers goodbye goodnight gn haha hahaha hello hey hi hiya lmao lol np omg rofl sorry thank
    thanks thankyou ty welcome wow xd yay bye cya danke dankeschön hallo moin servus tschüss
    gracias hola adiós merci bonjour salut obrigado obrigada valeu olá oi tchau grazie ciao dank
    bedankt hoi dzięki dziękuję cześć teşekkürler merhaba selam спасибо привет пока あり りが がと とう
    谢谢 謝謝 你好 감사합니다 고마워 안녕 안녕하세요 ขอ อบ บค คุ ุณ""".split()
)
_BESIDE_THEM = frozenset(
    """afternoon again amazing appreciate appreciated awesome bot brilliant clear cool day
    everybody evening everyone excellent fine friend friends glad good great guys helped helpful
    helps legend lovely mate morning much nice night okay people perfect problem solved super
    sweet team there think time today useful wonderful worked works yesterday bien bom dia guten
    morgen abend gut vielen viele muchas buenas buenos días beaucoup muito muita boa tarde noite
    sehr うご ござ ざい いま ます した schön""".split()
)


def is_courtesy(words: Collection[str]) -> bool:
    """Tell whether lowercase words are a courtesy that asks nothing."""
    return any(word in _COURTESIES for word in words) and all(
        word in _COURTESIES or word in _BESIDE_THEM or is_function_word(word) for word in words
    )
