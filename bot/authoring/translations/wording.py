"""The words of a request for translations."""

from __future__ import annotations

REQUEST = """\
Translate what the help bot of a Discord community says to its members from {source} into {target}.

The bot answers questions about **{name}**.{about}
It compares a member's message with the questions below and posts the answer as it is written.

# How to translate

- Write what a native speaker would have written for this community: everyday words in their usual order, as short and
  as friendly as the original. Read each text aloud; if it sounds translated, rewrite it.
- Address members the way people on Discord address one another in {target}, and the same way throughout.
- Say what the original says, no more and no less. Names, numbers, and dates stay as they are.
- Leave terms in English that people in the field say in English, and use one word for one thing throughout.
- Keep Discord's Markdown: `**bold**`, `[text](address)`, lists, empty lines, emoji. Change no address, no channel such
  as `#help`, no command such as `/faq`, and nothing in braces such as `{{name}}`.
- The `name` below `head` stands in sentences such as "{about_sentence}", and a `name` below `off_topic` in
  "{nothing_sentence}". Write each in the form that fits there, with an article if it needs one.
- `links` are the labels of buttons, and `alt` says what an image shows.
- Keep to these lengths, in characters:
  - one line of at most 200: `question`, `about`, `reply` below `off_topic`, each of the `items`
  - at most 1,500: `answer`, or `text` together with its `items`
  - at most 60: `name`, `title`, `heading`
  - at most 300: `alt`
  - at most 40: each of the `links`
  - at most 3,000: all that is below `sections` with a `heading`, together

# Format

Reply with one YAML code block and nothing else: the one at the end of this request, with each text translated. Keep the
keys, the ids, and each `of` as they are. Put text on one line in double quotes, with single quotes inside it, and text
of several lines after `|-`. Write no comments. If you run out of room, stop after a whole text.
{earlier}{examples}
# The texts

```yaml
{texts}
```
"""

EARLIER = """
# Earlier translations

These translate earlier versions of some of the texts. Keep what still fits.

```yaml
{texts}
```
"""

EXAMPLES = """
# Already translated

Use the same words and the same tone.

```yaml
{texts}
```
"""
