"""Who may import whom, and what a module may do when it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SQL = ("sqlalchemy", "sqlite3", "aiosqlite", "asyncpg", "alembic")
OUTER_WORLD = ("os", "io", "pathlib", "socket", "subprocess", "asyncio", "aiohttp", "logging")
CHANCE_AND_CLOCK = ("random", "secrets", "uuid", "time", "datetime")


@dataclass(frozen=True, slots=True)
class Layer:
    """Modules (with all below them) that import nothing from lower layers, and nothing of `never`."""

    modules: tuple[str, ...]
    never: tuple[str, ...] = ()


# From the top to the bottom: each imports from its own layer and from those above it.
LAYERS = (
    Layer(("bot.language",), never=("discord", "yaml", *SQL)),
    Layer(("bot.bounded", "bot.retrying"), never=("discord",)),
    Layer(("bot.knowledge",), never=("discord",)),
    Layer(("bot.matching",), never=("bot.language", "discord", "yaml", *SQL, *OUTER_WORLD, *CHANCE_AND_CLOCK)),
    Layer(("bot.encoders",), never=("discord", "yaml", *SQL)),
    Layer(("bot.answering", "bot.library", "bot.outcomes"), never=("discord", "yaml", "rapidfuzz", *SQL)),
    Layer(("bot.storage",), never=("discord", "bot.answering", "bot.matching", "bot.knowledge")),
    Layer(("bot.operations",), never=("discord", "bot.matching", "bot.knowledge", *SQL)),
    Layer(("bot.authoring",), never=("discord", *SQL)),
    Layer(("bot.terminal",), never=("discord", *SQL)),
    Layer(("bot.discord_app",), never=("yaml", "rapidfuzz", "bot.terminal", *SQL)),
    Layer(("bot.settings",), never=("bot", "discord", "yaml", "rapidfuzz", *SQL)),
    Layer(("bot.bootstrap",)),
    Layer(("bot.cli", "bot.commands", "bot.__main__"), never=("discord", "bot.discord_app", "bot.storage", *SQL)),
)
READS_THE_ENVIRONMENT = "bot.settings"
SET_A_DEFAULT = ("bot.cli", "bot.encoders.minilm")  # for numpy and ONNX Runtime, which read it when they are imported
# What a module may not call while it is imported; the last part of a name is enough.
EFFECTS = frozenset(
    "open read read_text read_bytes write_text write_bytes mkdir touch unlink exists is_file is_dir iterdir glob cwd "
    "getenv load_dotenv read_settings load_knowledge read_document basicConfig dictConfig connect create_engine "
    "create_async_engine urlopen run Popen system now today time monotonic default_rng seed print input exec eval "
    "import_module __import__".split()
)
NOT_AT_IMPORT = ("TYPE_CHECKING", "__name__ == '__main__'")
DEFINITIONS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
)


def layer_of(name: str) -> int | None:
    """Return the number of the layer that a module, or a name in it, belongs to."""
    fitting = [
        (len(module), number)
        for number, layer in enumerate(LAYERS)
        for module in layer.modules
        if is_below(name, module)
    ]
    return max(fitting)[1] if fitting else None


def is_below(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def breaches(module: str, source: str) -> list[str]:
    """Return each breach of the rules in a module's source, with its line."""
    tree = ast.parse(source)
    found = [*import_breaches(module, tree), *environment_breaches(module, tree), *effects_of_importing(tree)]
    return [f"{module}:{line}: {what}" for line, what in sorted(found)]


def imports(module: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of all that is imported anywhere in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(module.split(".")[: -node.level]) if node.level else ""
            origin = ".".join(filter(None, [package, node.module]))
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def import_breaches(module: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    own = layer_of(module)
    if own is None:
        yield 1, "stands in no layer"
        return
    layer = LAYERS[own]
    for line, name in imports(module, tree):
        top = name.split(".")[0]
        if any(is_below(name, forbidden) for forbidden in layer.never) and not is_below(name, module):
            yield line, f"imports {name}, which it must never know of"
        elif top == "bot":
            other = layer_of(name)
            if other is None:
                yield line, f"imports {name}, which stands in no layer"
            elif other > own:
                yield line, f"imports {name} from a lower layer"


def environment_breaches(module: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    if module == READS_THE_ENVIRONMENT:
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and module in SET_A_DEFAULT]
    setters = [call.func for call in calls if isinstance(call.func, ast.Attribute)]
    defaults = [setter.value for setter in setters if ast.unparse(setter) == "os.environ.setdefault"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"} and node not in defaults:
            yield node.lineno, f"uses {node.attr}, as only {READS_THE_ENVIRONMENT} may"
    for line, name in imports(module, tree):
        if name in {"os.environ", "os.environb", "os.getenv"}:
            yield line, f"uses {name}, as only {READS_THE_ENVIRONMENT} may"


def effects_of_importing(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Find what would happen at import beyond definitions: loops, bare calls, and calls that reach outside."""
    for statement in tree.body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) in NOT_AT_IMPORT:
            continue
        is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not (is_docstring or isinstance(statement, DEFINITIONS)):
            yield statement.lineno, f"does more than define at import: {ast.unparse(statement).splitlines()[0]}"
        for call in calls_at_import(statement):
            name = ast.unparse(call.func)
            if name.split(".")[-1] in EFFECTS:
                yield call.lineno, f"calls {name} at import"


def calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a statement that happen at once: all but those in the bodies of its functions."""
    if isinstance(node, ast.Call):
        yield node
    inner: list[ast.AST] = [*ast.iter_child_nodes(node)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inner = [*node.decorator_list, node.args]
    elif isinstance(node, ast.Lambda):
        inner = [node.args]
    for part in inner:
        yield from calls_at_import(part)


def circle(sources: Mapping[str, str]) -> list[str]:
    """Return modules of which each imports the next, wherever in it, and the last is the first; none if none do."""
    graph = {module: imported_modules(module, source, among=sources) for module, source in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [*reversed(error.args[1])]
    return []


def imported_modules(module: str, source: str, *, among: Mapping[str, str]) -> set[str]:
    """Return which modules one imports: each name is one, or stands in one."""
    names = {name for _, name in imports(module, ast.parse(source))}
    origins = {name if name in among else name.rpartition(".")[0] for name in names}
    return (origins & set(among)) - {module}
