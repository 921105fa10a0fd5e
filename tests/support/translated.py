"""The lighthouse in German, complete and up to date."""

from __future__ import annotations

from pathlib import Path

GERMAN = """\
# yaml-language-server: $schema=../schemas/translation.schema.json
head:
  of: cvkjmqq
  title: Leuchtturmwärter
sections:
  definition:
    of: vtdtscb
    question: Was ist ein Leuchtturmwärter?
    heading: Über die Stelle
    text: Ein Wärter kümmert sich um das Leuchtfeuer.
  duties:
    of: dgrkgmk
    question: Was sind die Aufgaben eines Wärters?
    heading: Aufgaben
    text: "Jeden Tag muss ein Wärter:"
    items:
      - die Linse putzen
      - das Logbuch führen
    phrasings:
      - was macht ein leuchtturmwärter den ganzen tag
  jd:
    of: trsmcmh
    question: Gibt es eine Stellenbeschreibung?
  contact:
    of: jmvbrdr
    question: Wem kann ich schreiben?
    heading: Interesse?
    text: Schreib der Gesellschaft.
entries:
  night-shift:
    of: mggjsmc
    question: Arbeitet ein Wärter nachts?
    answer: |-
      Ja, **meistens**.

      Das Feuer wird in der Dämmerung entzündet.
    phrasings:
      - wann schlafen leuchtturmwärter
off_topic:
  salary:
    of: tkthjtq
    name: Gehälter
    reply: Zu Gehältern habe ich noch nichts.
    phrasings:
      - was verdient man da
  thanks:
    of: msrgbnt
    name: Dank
"""


def translate(directory: Path, content: str = GERMAN, *, code: str = "de") -> Path:
    """Write a translation into a knowledge folder, and return its file."""
    file = directory / "translations" / f"{code}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file
