"""The words of a request for phrasings."""

from __future__ import annotations

REQUEST = """\
Write the many ways in which members of a Discord community ask for things, so that its help bot recognizes them.

The bot answers questions about **{name}**.{about}
It never makes up text. It compares a member's message with the phrasings of each entry below, and posts the entry's
answer if one of them comes close enough. What isn't there, it doesn't understand. So write what real members type, not
what reads well.

# What to write

For each entry under "The entries", write {count} phrasings, and {not_count} near misses under `not`. At the end, write
more near misses for all of them together under `off_topic`. Write in {language}.

## Phrasings

A phrasing is one message that the entry's answer fully answers: whoever typed it is content with exactly that answer.

- Ask for every fact in the answer, not only for the question. If the answer names an age limit, a price, a place, a
  deadline or a channel, ask for each. Also ask out of the situation in which people need the answer.
- Use the words that members have, not those of the answer: everyday words, synonyms, abbreviations, the wrong term that
  a newcomer uses. Try to have no noun or verb in more than half of an entry's phrasings.
- Vary the form. Of an entry's {count} phrasings, about
  - {full} are whole questions, neutral or polite
  - {casual} are casual, in lowercase and without punctuation
  - {fragments} are fragments of one to four words, as people type into a search box
  - {situations} tell a problem or a situation and ask nothing
  - {slang} have slang or chat abbreviations (u, pls, idk, rn, gonna)
  - {learners} read as if somebody still learning {language} wrote them
  - 1 or 2 have typos; no more, since the bot repairs most typos by itself
- Vary the length. Most have 3 to 12 words, and a few have up to 30, with some background before the question. None has
  a line break or more than {max_length} characters.
- Vary the beginning. No more than a fifth start with the same two words.
- Leave out what another entry answers better. Each entry names those it is easily confused with. If two entries fit
  equally well, leave it out too.
- Don't repeat what an entry has already. Don't write two that differ only in small words, a greeting or punctuation.

## Near misses

A near miss sounds like an entry, but the answer doesn't answer it. If the entries only say how to join, "how do I
leave" is one. Near misses teach the bot where to stop.

- Under `not`, write {not_count} for each entry. Another entry may answer them.
- Under `off_topic`, write about {off_topic_count} that no entry answers at all, as close to the entries as you can, and
  as varied in form as the phrasings. Sort them by subject, with at least 6 for each. Give each subject an id of
  lowercase words and hyphens, and a `name` that completes the sentence "I don't have anything on …".
- Compare each of them with every answer. Whatever an answer tells, even in passing, is no near miss.
{subjects}
# Format

Reply with one YAML code block and nothing else, in exactly this form:

```yaml
{example}
```

Keep the ids. Put each phrasing in double quotes on a line of its own, and use single quotes inside it. Write no
comments and no numbers. If you run out of room, stop after a whole entry.

# The entries

{entries}
"""

SUBJECTS = """
The bot knows these subjects already. Where one fits, use its id and leave out the name:

{subjects}
"""

OTHERS = """
# Other entries

The bot has these too. Write no phrasings for them, and nothing they answer under `off_topic`.

{others}
"""
