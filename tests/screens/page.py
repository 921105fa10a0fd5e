"""Messages as a document of Discord's components."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fake_discord import Interaction, Message, User
from screens.markdown import inline, to_html

BUTTON_TYPES = {1: "primary", 2: "secondary", 3: "success", 4: "destructive", 5: "secondary"}
ROW, BUTTON, SECTION, TEXT, GALLERY, CARD = 1, 2, 9, 10, 12, 17  # types of components
SUBCOMMAND = 1  # a type of option
COLORS = ("#e78ab0", "#6fb98f", "#e0a458", "#7aa5d8")
LIGHT_BUTTONS = """
<script>
  window.drawn = customElements.whenDefined('discord-button').then(async () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.secondary { background: #e0e1e5; color: #313338 }');
    for (const button of document.querySelectorAll('discord-button')) {
      await button.updateComplete;
      button.shadowRoot.adoptedStyleSheets.push(sheet);
    }
  });
</script>
"""  # the components draw them dark
STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Look:
    """How Discord looks."""

    is_light: bool = False
    is_phone: bool = False

    @property
    def width(self) -> int:
        """Return how wide a window is, in CSS pixels."""
        return 360 if self.is_phone else 660


def page(flows: Iterable[Sequence[str]], modules: Path, look: Look) -> str:
    """Return a document with the messages of flows side by side. Its components come from a folder `node_modules`."""
    root = modules.resolve().as_uri()
    imports = {
        "@lit/reactive-element": f"{root}/@lit/reactive-element/reactive-element.js",
        "@lit/reactive-element/": f"{root}/@lit/reactive-element/",
        "@lit/context": f"{root}/@lit/context/index.js",
        "lit": f"{root}/lit/index.js",
        "lit/": f"{root}/lit/",
        "lit-html": f"{root}/lit-html/lit-html.js",
        "lit-html/": f"{root}/lit-html/",
        "lit-element": f"{root}/lit-element/lit-element.js",
        "lit-element/": f"{root}/lit-element/",
    }
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<script type="importmap">{json.dumps({"imports": imports})}</script>',
            f'<script type="module" src="{root}/@skyra/discord-components-core/dist/index.js"></script>',
            f"<STYLE>{STYLE}</STYLE></head>",
            f'<body class="{"light" if look.is_light else ""} {"phone" if look.is_phone else ""}"><main>',
            *(
                f"<discord-messages {'light-theme' if look.is_light else ''} style='width: {look.width}px'>"
                f"{''.join(messages)}</discord-messages>"
                for messages in flows
            ),
            f"</main>{LIGHT_BUTTONS if look.is_light else ''}</body></html>",
        ]
    )


def post(title: str) -> str:
    """Return the head of a forum post."""
    return f"<h1>{escape(title)}</h1>"


def show(message: Message, command: Interaction | None = None) -> str:
    """Return a message as it is now, below the command that it answers or the message that it replies to."""
    return (
        f"<discord-message {_author(message.author)} {'ephemeral' if message.ephemeral else ''}>"
        f"{_origin(message, command)}"
        f"{_markdown(message.content, message)}"
        f"{''.join(_part(part, message) for part in takewhile(_is_no_row, message.components))}"
        f"{_components(message)}"
        "</discord-message>"
    )


def _author(user: User) -> str:
    return (
        f'author="{escape(user.name)}" role-color="{_color(user)}" avatar="{_avatar(user)}" '
        f'{"bot" if user.bot else ""} timestamp="Today at 10:24"'
    )


def _color(user: User) -> str:
    return "#9aa7ff" if user.bot else COLORS[sum(user.name.encode()) % len(COLORS)]


def _avatar(user: User) -> str:
    letter, ground = ("✦", "#3b6ea5") if user.bot else (user.name[0].upper(), _color(user))
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
        f'<rect width="40" height="40" fill="{ground}"/><text x="20" y="27" font-size="20" font-family="Noto Sans" '
        f'font-weight="600" text-anchor="middle" fill="#fff">{letter}</text></svg>'
    )
    return _data(picture)


def _origin(message: Message, command: Interaction | None) -> str:
    if command is not None:
        return f'<discord-command slot="reply" {_author(command.member.user)} {_used(command)}></discord-command>'
    if message.replies_to is not None:
        quoted = message.replies_to
        text = inline(quoted.content, _names(message))
        return (
            f'<discord-reply slot="reply" {_author(quoted.author)}><span class="quoted">{text}</span></discord-reply>'
        )
    return ""


def _used(command: Interaction) -> str:
    """Return what somebody used, as Discord names it: of a command's options it shows none."""
    name, options = command.data["name"], command.data.get("options", [])
    while options and options[0]["type"] == SUBCOMMAND:
        name, options = f"{name} {options[0]['name']}", options[0].get("options", [])
    if (target := command.data.get("target_id")) is None:
        return f'type="slash_command" command="{escape(name)}"'
    message = command.fake.messages[int(target)]
    author = message.author
    return (
        f'type="message_command" command="{escape(name)}" context-message-reply="&nbsp;{escape(message.content)}" '
        f'context-user-name="{escape(author.name)}" context-user-image="{_avatar(author)}" '
        f'context-user-role-color="{_color(author)}"'
    )


def _part(part: dict[str, Any], message: Message) -> str:
    """Return a text, a card or an image of a message, or nothing for its rows of buttons and menus."""
    if part["type"] == TEXT:
        return _markdown(part["content"], message)
    if part["type"] == CARD:
        inside = "".join(_part(each, message) or _row(each, message) for each in part["components"])
        return f'<div class="card" style="--accent: #{part.get("accent_color") or 0:06x}">{inside}</div>'
    if part["type"] == SECTION:
        texts = "".join(_part(each, message) for each in part["components"])
        beside = _row({"components": [part["accessory"]]}, message)
        return f'<div class="section"><div>{texts}</div>{beside}</div>'
    if part["type"] == GALLERY:
        return "".join(_image(item, message) for item in part["items"])
    return ""


def _image(item: dict[str, Any], message: Message) -> str:
    """Return an image, if it is a file that came with the message."""
    content = message.channel.fake.stored_files.get(item["media"]["url"])
    if content is None:
        return ""
    alt = escape(item.get("description") or "")
    return f'<img alt="{alt}" src="data:;base64,{b64encode(content).decode()}">'


def _components(message: Message) -> str:
    """Return the rows of buttons and menus, with the texts between them."""
    rows = "".join(_part(part, message) or _row(part, message) for part in dropwhile(_is_no_row, message.components))
    return f'<discord-attachments slot="components">{rows}</discord-attachments>' if rows else ""


def _is_no_row(part: dict[str, Any]) -> bool:
    return bool(part["type"] != ROW)


def _row(row: dict[str, Any], message: Message) -> str:
    return (
        f"<discord-action-row>{''.join(_component(each, message) for each in row['components'])}</discord-action-row>"
    )


def _component(component: dict[str, Any], message: Message) -> str:
    if component["type"] == BUTTON:
        emoji = (component.get("emoji") or {}).get("name")
        attributes = f'type="{BUTTON_TYPES[component["style"]]}" {"disabled" if component.get("disabled") else ""}'
        if emoji:
            attributes += f' emoji="{_data(_glyph(emoji))}" emoji-name="{emoji}"'
        if url := component.get("url"):
            attributes += f' url="{escape(url)}"'
        return f"<discord-button {attributes}>{escape(component.get('label') or '')}</discord-button>"
    chosen = [option["label"] for option in component.get("options", []) if option.get("default")]
    chosen += [_names(message)("#", int(each["id"])) for each in component.get("default_values", [])]
    shown = ", ".join(chosen) or component.get("placeholder") or "Make a selection"
    return f'<discord-string-select-menu placeholder="{escape(shown)}"></discord-string-select-menu>'


def _markdown(text: str, message: Message) -> str:
    return f'<div class="markdown">{to_html(text, _names(message))}</div>' if text else ""


def _names(message: Message) -> Any:
    fake = message.channel.fake

    def name(sign: str, id_: int) -> str:
        if sign == "@&":
            roles = message.channel.guild.roles if message.channel.guild else {}
            return f"@{roles[id_].name}"
        return f"@{fake.users[id_].name}" if sign == "@" else f"# {fake.channels[id_].name}"

    return name


def _glyph(emoji: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<text x="16" y="26" font-size="26" text-anchor="middle">{emoji}</text></svg>'
    )


def _data(svg: str) -> str:
    return f"data:image/svg+xml,{quote(svg)}"
