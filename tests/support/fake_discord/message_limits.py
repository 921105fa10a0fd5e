"""Discord's limits on messages: text, embeds, components and mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .attaching import check_url
from .components import Flag, Json, walk

if TYPE_CHECKING:
    from .checker import Checker, Path

_MESSAGE_KEYS = frozenset(
    [
        "content",
        "nonce",
        "tts",
        "embeds",
        "allowed_mentions",
        "message_reference",
        "components",
        "sticker_ids",
        "attachments",
        "flags",
        "enforce_nonce",
        "poll",
    ]
)
_WEBHOOK_KEYS = _MESSAGE_KEYS - {"nonce", "enforce_nonce", "message_reference", "sticker_ids"}
_EMBED_KEYS = frozenset(
    [
        "title",
        "type",
        "description",
        "url",
        "timestamp",
        "color",
        "footer",
        "image",
        "thumbnail",
        "video",
        "provider",
        "author",
        "fields",
        "flags",
    ]
)
_ALLOWED_MENTIONS_KEYS = frozenset({"parse", "roles", "users", "replied_user"})
_REFERENCE_KEYS = frozenset({"type", "message_id", "channel_id", "guild_id", "fail_if_not_exists"})

ROW, BUTTON, TEXT_MENU, TEXT_INPUT, TEXT_DISPLAY, LABEL = 1, 2, 3, 4, 10, 18
_MENUS = frozenset({3, 5, 6, 7, 8})
_LINK, _PREMIUM = 5, 6
_COMPONENT_KEYS = {
    ROW: frozenset({"type", "id", "components"}),
    BUTTON: frozenset(["type", "id", "style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"]),
}
TEXT_INPUT_KEYS = frozenset(
    ["type", "id", "custom_id", "style", "label", "min_length", "max_length", "required", "value", "placeholder"]
)
_MENU_KEYS = frozenset(
    [
        "type",
        "id",
        "custom_id",
        "options",
        "channel_types",
        "placeholder",
        "default_values",
        "min_values",
        "max_values",
        "required",
        "disabled",
    ]
)


def check_message(check: Checker, body: Json, path: Path, *, by_webhook: bool) -> None:
    """Check a message, or an edit of one, as the bot or an interaction's webhook sends it."""
    check.keys(body, path, _WEBHOOK_KEYS if by_webhook else _MESSAGE_KEYS)
    # The document allows 4,000 characters, which only people with Nitro have.
    check.length(body.get("content"), (*path, "content"), 2000)
    if isinstance(body.get("nonce"), str):
        check.length(body["nonce"], (*path, "nonce"), 25)
    embeds, components = body.get("embeds") or [], body.get("components") or []
    check.length(embeds, (*path, "embeds"), 10)
    for index, embed in enumerate(embeds):
        _check_embed(check, embed, (*path, "embeds", index))
    total = sum(_embed_length(embed) for embed in embeds)
    if total > 6000:
        check.add((*path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", f"{total} is over 6000 in all")
    if (body.get("flags") or 0) & Flag.COMPONENTS_V2:
        _check_layout(check, body, components, path)
    else:
        _check_rows(check, components, (*path, "components"))
    check_custom_ids(check, components, (*path, "components"))
    _check_mentions(check, body, path)


def _check_mentions(check: Checker, body: Json, path: Path) -> None:
    allowed = body.get("allowed_mentions")
    if allowed is not None:
        where = (*path, "allowed_mentions")
        check.keys(allowed, where, _ALLOWED_MENTIONS_KEYS)
        for kind in ("users", "roles"):
            check.length(allowed.get(kind), (*where, kind), 100)
            if allowed.get(kind) and kind in (allowed.get("parse") or ()):
                check.add(
                    (*where, kind),
                    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
                )
    if body.get("message_reference") is not None:
        check.keys(body["message_reference"], (*path, "message_reference"), _REFERENCE_KEYS)


def _check_embed(check: Checker, embed: Json, path: Path) -> None:
    check.keys(embed, path, _EMBED_KEYS)
    check.length(embed.get("title"), (*path, "title"), 256)
    check.length(embed.get("description"), (*path, "description"), 4096)
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    check.length(footer.get("text"), (*path, "footer", "text"), 2048)
    check.length(author.get("name"), (*path, "author", "name"), 256)
    fields = embed.get("fields") or []
    check.length(fields, (*path, "fields"), 25)
    for index, entry in enumerate(fields):
        where = (*path, "fields", index)
        check.keys(entry, where, {"name", "value", "inline"})
        check.length(entry.get("name"), (*where, "name"), 256, required=True)
        check.length(entry.get("value"), (*where, "value"), 1024, required=True)
    if _embed_length(embed) == 0 and not embed.keys() & {"image", "thumbnail", "video"}:
        check.add(path, "BASE_TYPE_REQUIRED", "an embed must show something")


def _embed_length(embed: Json) -> int:
    texts = [
        embed.get("title"),
        embed.get("description"),
        (embed.get("footer") or {}).get("text"),
        (embed.get("author") or {}).get("name"),
    ]
    for entry in embed.get("fields") or []:
        texts += [entry.get("name"), entry.get("value")]
    return sum(len(text.strip()) for text in texts if isinstance(text, str))


def _check_rows(check: Checker, rows: list[Json], path: Path) -> None:
    check.length(rows, path, 5)
    for index, row in enumerate(rows):
        where = (*path, index)
        if row.get("type") != ROW:
            check.add(where, "UNION_TYPE_CHOICES", "only rows unless Components V2 is flagged")
            continue
        check.keys(row, where, _COMPONENT_KEYS[ROW])
        parts = row.get("components") or []
        check.length(parts, (*where, "components"), 5, shortest=1)
        if len(parts) > 1 and any(part.get("type") in _MENUS for part in parts):
            check.add(where, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "a select fills its row")
        for position, part in enumerate(parts):
            _check_part(check, part, (*where, "components", position))


def _check_layout(check: Checker, body: Json, components: list[Json], path: Path) -> None:
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(key):
            check.add((*path, key), "COMPONENTS_V2_EXCLUSIVE", "not with Components V2")
    parts = walk(components)
    if len(parts) > 40:
        check.add((*path, "components"), "COMPONENT_MAX", f"{len(parts)} is over 40 components")
    written = sum(len(part.get("content") or "") for part in parts)
    if written > 4000:
        check.add((*path, "components"), "COMPONENT_TEXT_MAX", f"{written} is over 4000")
    for index, part in enumerate(parts):
        if part.get("type") in (BUTTON, *_MENUS):
            _check_part(check, part, (*path, "components", index))


def _check_part(check: Checker, part: Json, path: Path) -> None:
    kind = part.get("type")
    if kind == BUTTON:
        check.keys(part, path, _COMPONENT_KEYS[BUTTON])
        check.length(part.get("label"), (*path, "label"), 80)
        linked = part.get("style") == _LINK
        check.length(part.get("url"), (*path, "url"), 512, required=linked)
        check_url(check, part.get("url"), (*path, "url"))
        if part.get("style") != _PREMIUM and not part.get("label") and not part.get("emoji"):
            check.add(path, "BUTTON_COMPONENT_INVALID", "a button needs a label or an emoji")
        if linked and part.get("custom_id"):
            check.add(path, "BUTTON_COMPONENT_INVALID", "a link has no custom_id")
        if not linked and part.get("style") != _PREMIUM:
            check.length(part.get("custom_id"), (*path, "custom_id"), 100, shortest=1, required=True)
    elif kind in _MENUS:
        check.keys(part, path, _MENU_KEYS)
        check.length(part.get("custom_id"), (*path, "custom_id"), 100, shortest=1, required=True)
        check.length(part.get("placeholder"), (*path, "placeholder"), 150)
        if kind == TEXT_MENU:
            _check_options(check, part, path)
    else:
        check.add(path, "UNION_TYPE_CHOICES", f"type {kind!r} cannot stand in a row")


def check_menu(check: Checker, menu: Json, path: Path) -> None:
    """Check a select in a form."""
    if menu.get("type") not in _MENUS:
        check.add((*path, "type"), "UNION_TYPE_CHOICES", f"type {menu.get('type')!r} can't stand in a label")
    elif menu.get("disabled"):
        check.add((*path, "disabled"), "BASE_TYPE_FORBIDDEN", "a select in a modal can't be disabled")
    else:
        _check_part(check, menu, path)


def _check_options(check: Checker, menu: Json, path: Path) -> None:
    options = menu.get("options") or []
    where = (*path, "options")
    check.length(options, where, 25, shortest=1)
    check.unique((option.get("value") for option in options), where, "value")
    for index, option in enumerate(options):
        at = (*where, index)
        check.keys(option, at, {"label", "value", "description", "emoji", "default"})
        check.length(option.get("label"), (*at, "label"), 100, shortest=1, required=True)
        check.length(option.get("value"), (*at, "value"), 100, shortest=1, required=True)
        check.length(option.get("description"), (*at, "description"), 100)
    low, high = menu.get("min_values"), menu.get("max_values") or 1
    if sum(bool(option.get("default")) for option in options) > high:
        check.add(where, "SELECT_OPTION_TOO_MANY_DEFAULTS", "more are chosen than can be")
    if high > len(options) or (low or 0) > high:
        check.add((*path, "max_values"), "NUMBER_TYPE_MAX", "cannot choose that many")


def check_custom_ids(check: Checker, components: list[Json], path: Path) -> None:
    """Check that no custom_id comes twice."""
    ids = [part["custom_id"] for part in walk(components) if part.get("custom_id")]
    check.unique(ids, path, "custom_id")
