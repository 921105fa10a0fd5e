"""Find texts in the source that people would read in English whatever language is spoken."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

TAKES: dict[str, int] = {"_": 1, "N_": 1, "ngettext": 2}
"""The calls that translate, and how many texts they take."""

FOR_OTHERS = ("logger.", "self._warn_once", "re.")  # calls whose texts nobody reads on Discord
NOT_SHOWN = frozenset({"otherwise", "style"})  # arguments that are logged, or are no words

_WORDS = re.compile(r"[^\W\d_]{2,}[,;:.!?…]? [^\W\d_]+")
_LABEL = re.compile(r"[A-Z][a-z]+")


def texts_bypassing(source: str, *, skipped: Collection[str] = ()) -> list[tuple[int, str]]:
    """Return the line and the text of all that looks like words for people, outside of the calls that translate.

    The functions with the `skipped` names don't count.
    """
    return sorted(_bypassing(ast.parse(source), skipped))


def texts_said(source: str) -> set[str]:
    """Return the texts that are given to the calls that translate."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    given = [argument for call in calls for argument in call.args[: TAKES.get(ast.unparse(call.func), 0)]]
    return {str(each.value) for each in given if isinstance(each, ast.Constant)}


def _bypassing(node: ast.AST, skipped: Collection[str]) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise():  # a docstring; a fault in the code
            return
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name in skipped:
            return
        case ast.Assign(targets=[ast.Name(id=name)]) if name in NOT_SHOWN:
            return
        case ast.Call(func=func) if ast.unparse(func).startswith(FOR_OTHERS):
            return
        case ast.Constant(value=str(text)) if _is_for_people(text):
            yield node.lineno, text
        case ast.JoinedStr():
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            if _is_for_people(text):
                yield node.lineno, text
    for part in _parts(node):
        yield from _bypassing(part, skipped)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is looked at in turn: no annotations, and of a call that translates only the values."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults), *node.body)
        case ast.AnnAssign():
            yield from filter(None, [node.value])
        case ast.Call():
            yield from node.args[TAKES.get(ast.unparse(node.func), 0) :]
            yield from (each.value for each in node.keywords if each.arg not in NOT_SHOWN)
            yield node.func
        case ast.JoinedStr():
            yield from (part for part in node.values if isinstance(part, ast.FormattedValue))
        case _:
            yield from ast.iter_child_nodes(node)


def _is_for_people(text: str) -> bool:
    return bool(_WORDS.search(text) or _LABEL.fullmatch(text))
