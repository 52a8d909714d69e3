"""What rules for JavaScript ask of the code around a place: options, names, numbers, functions."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax.python_web import inside
from vetline_analyzers.syntax.scope import callee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from vetline_analyzers.syntax.dialect import Piece
    from vetline_analyzers.syntax.rule import Hit

LANGUAGES = ("javascript", "typescript", "tsx")
# The names that modules are given by custom: an excerpt without its imports is understood by them.
_CUSTOM = {
    "bcrypt": ("bcrypt", "bcryptjs"),
    "bcryptjs": ("bcryptjs",),
    "child_process": ("cp", "childProcess", "child"),
    "cookie-parser": ("cookieParser",),
    "cookie-session": ("cookieSession",),
    "crypto-js": ("CryptoJS", "cryptoJS", "cryptojs"),
    "express-jwt": ("expressJwt", "expressjwt"),
    "express-session": ("session", "expressSession"),
    "handlebars": ("Handlebars", "hbs"),
    "js-yaml": ("yaml", "jsyaml", "YAML"),
    "jsonwebtoken": ("jwt", "JWT", "jsonwt"),
    "libxmljs": ("libxml", "libxmljs2"),
    "lodash": ("_",),
    "markdown-it": ("MarkdownIt", "markdownit"),
    "mustache": ("Mustache",),
    "node-forge": ("forge",),
    "node-serialize": ("serialize", "nodeSerialize"),
    "object-hash": ("objectHash",),
    "serve-index": ("serveIndex",),
    "shelljs": ("shell", "shelljs"),
}
# Functions whose name says by itself which module they are of.
_UNMISTAKABLE = frozenset(
    {"createCipher", "createDecipher", "createCipheriv", "createDecipheriv", "createHash"}
    | {"createHmac", "createSign", "createVerify", "createECDH", "createDiffieHellman"}
    | {"generateKeyPair", "generateKeyPairSync", "pbkdf2", "pbkdf2Sync", "scryptSync", "spawnSync"}
    | {
        "execFileSync",
        "parseXml",
        "parseXmlString",
        "unserialize",
        "chmod",
        "chmodSync",
        "mkdirSync",
    }
    | {"writeFile", "writeFileSync", "appendFile", "appendFileSync", "createWriteStream"}
)
_BROWSER = re.compile(
    r"(?:(?:window|self|top|parent|globalThis|document|this|props)\.)*(?:location|document|window|history)\."
    r"|event\.data$|.*(?:useSearchParams|useParams|useLocation)\(\)|\$?route\b|.*router"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NAMES = ("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern")
_NEAR = 10_000  # bytes on either side of a place that are looked through
_NAMED = 80  # characters of a name that are read
_UP = 24  # levels climbed for the name a value is given
_SECRET = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "token", "otp", "csrf", "xsrf", "jwt"}
    | {"apikey", "credential", "credentials", "nonce", "passcode", "totp", "salt", "sessionid"}
)
_SECRET_PAIRS = frozenset(
    {("api", "key"), ("secret", "key"), ("private", "key"), ("session", "id"), ("access", "key")}
    | {("encryption", "key"), ("signing", "key"), ("reset", "code"), ("verification", "code")}
)


def of(module: str, *members: str) -> tuple[str, ...]:
    """The callees a rule asks for: a module's members, or itself for "".

    They are asked for under the customary names of the module too, and those that cannot be mistaken
    without it, for excerpts that lack the imports.
    """
    names = (module, *_CUSTOM.get(module, ()))
    full = (f"{name}.{member}" if member else name for name in names for member in members)
    return (*full, *(member for member in members if member in _UNMISTAKABLE))


def of_browser(label: str) -> bool:
    """Whether a source of that name brings text into a page in a browser, and not to a server."""
    return bool(_BROWSER.match(label))


def words(name: str) -> tuple[str, ...]:
    """The words of a name in camel, snake or kebab case, in lower case."""
    return tuple(word.lower() for word in _WORD.findall(name[:_NAMED]))


def secretive(name: str) -> bool:
    """Whether a name says that what it holds must not be guessed or seen."""
    found = words(name)
    return not _SECRET.isdisjoint(found) or any(pair in _SECRET_PAIRS for pair in pairwise(found))


def last_name(hit: Hit, node: Node | None) -> str:
    """The last name of an expression: `b` for `a.b`, `a["b"]` and `b`; "" for all else."""
    if node is None:
        return ""
    node = hit.scope.bare(node)
    if node.type == "member_expression" and (found := node.child_by_field_name("property")):
        return hit.text(found)
    if node.type == "subscript_expression" and (found := node.child_by_field_name("index")):
        return hit.string(found) or ""
    if node.type.endswith("identifier"):
        return hit.text(node)
    return ""


def shaped(hit: Hit, node: Node | None, *kinds: str) -> Node | None:
    """The expression of one of these node types that a node is, or that its plain name holds."""
    if node is None:
        return None
    node = hit.scope.bare(node)
    if node.type in kinds:
        return node
    if node.type in hit.scope.dialect.identifiers:
        values = [hit.scope.bare(value) for value in hit.scope.values(node)]
        return next((value for value in reversed(values) if value.type in kinds), None)
    return None


def options(hit: Hit) -> Node | None:
    """The last object literal that the call is given, there or under a name; None for none."""
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    found = (shaped(hit, argument, "object") for argument in reversed(arguments))
    return next((each for each in found if each is not None), None)


def option(hit: Hit, found: Node | None, *path: str) -> Node | None:
    """The value in an object literal under a path of property names."""
    for name in path:
        found = shaped(hit, found, "object")
        if found is None:
            return None
        found = hit.scope.dialect.keyword(found, name, hit.scope.read)
    return found


def whole(found: Node) -> bool:
    """Whether an object literal shows all its properties: nothing is spread into it."""
    return not any(child.type == "spread_element" for child in found.named_children)


def is_text(hit: Hit, node: Node | None, *texts: str) -> bool:
    """Whether a node is exactly one of some words of the language: `false`, `0`."""
    return node is not None and hit.text(hit.scope.bare(node)) in texts


def written(hit: Hit, node: Node | None) -> bool:
    """Whether a value is a non-empty text that stands in the code, and not in the environment."""
    if node is None:
        return False
    node = hit.scope.bare(node)
    if node.type in {"string", "template_string", "binary_expression"}:
        return bool(hit.string(node))
    if node.type in hit.scope.dialect.identifiers:
        values = hit.scope.values(node)
        if values:
            return all(hit.string(value) for value in values)
        return bool(hit.string(node))
    if node.type in hit.scope.dialect.calls and (function := callee(node)) is not None:
        if hit.text(function) in {"Buffer.from", "CryptoJS.enc.Utf8.parse", "TextEncoder"}:
            inner = hit.scope.dialect.argument_nodes(node)
            return bool(inner) and written(hit, inner[0])
        return hit.text(function).endswith(".encode") and any(
            written(hit, each) for each in hit.scope.dialect.argument_nodes(node)[:1]
        )
    return False


def number(hit: Hit, node: Node | None, depth: int = 5) -> float | None:
    """The number that an expression of literals is, None when it is not known."""
    if node is None or not depth:
        return None
    node = hit.scope.bare(node)
    if node.type == "number":
        return _parsed(hit.text(node))
    if node.type in hit.scope.dialect.identifiers:
        values = hit.scope.values(node)
        return number(hit, values[-1], depth - 1) if len(values) == 1 else None
    if node.type == "binary_expression":
        left = number(hit, node.child_by_field_name("left"), depth - 1)
        right = number(hit, node.child_by_field_name("right"), depth - 1)
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            return None
        if operator.type == "*":
            return left * right
        if operator.type in {"**", "<<"} and 0 <= right <= 64 and abs(left) <= 1024:  # noqa: PLR2004 - no sane constant is larger
            return float(left**right if operator.type == "**" else left * 2**right)
    return None


def _parsed(text: str) -> float | None:
    text = text.replace("_", "").rstrip("n").lower()
    try:
        if text[:2] in {"0x", "0o", "0b"}:
            return float(int(text[:40], 0))
        if re.fullmatch(r"0[0-7]+", text):
            return float(int(text[:40], 8))
        return float(text)
    except (ValueError, OverflowError):
        return None


def opening(pieces: tuple[Piece, ...] | None) -> str:
    """The literal text that a built string begins with."""
    found = ""
    for piece in pieces or ():
        if not isinstance(piece, str):
            break
        found += piece
    return found


def given_names(hit: Hit, node: Node) -> Iterator[str]:
    """The names a value is visibly given to: variable, property, callee, the function returning it."""
    below = node
    for above in islice(hit.scope.up(node), _UP):
        if above.type in {"variable_declarator", "public_field_definition", "field_definition"}:
            yield from _read(hit, above.child_by_field_name("name"))
        elif above.type in {"assignment_expression", "augmented_assignment_expression"}:
            if above.child_by_field_name("right") == below:
                yield last_name(hit, above.child_by_field_name("left"))
        elif above.type == "pair":
            yield from _read(hit, above.child_by_field_name("key"))
        elif above.type in hit.scope.dialect.calls and below.type == "arguments":
            yield last_name(hit, callee(above))
        elif above.type in hit.scope.dialect.functions:
            yield from _read(hit, above.child_by_field_name("name"))
            if above.child_by_field_name("name") is not None:
                return
        below = above


def _read(hit: Hit, node: Node | None) -> Iterator[str]:
    if node is not None and node.end_byte - node.start_byte <= _NAMED:
        yield hit.text(node).strip("'\"`#")


def text_around(hit: Hit, holder: Node | None = None) -> str:
    """The text of the function (or of `holder`) around a place, where a check would stand.

    Of a long one only what is near: looking through it anew for each place would take quadratic time.
    """
    holder = holder or hit.scope.function(hit.node) or hit.scope.block
    start = max(holder.start_byte, hit.node.start_byte - _NEAR)
    end = min(holder.end_byte, hit.node.end_byte + _NEAR)
    return hit.scope.source.data[start:end].decode("utf-8", "replace")


def text_before(hit: Hit, length: int = 4_000) -> str:
    """The last bytes of the enclosing function in front of a place."""
    holder = hit.scope.function(hit.node) or hit.scope.block
    start = max(holder.start_byte, hit.node.start_byte - length)
    return hit.scope.source.data[start : hit.node.start_byte].decode("utf-8", "replace")


def body_of(hit: Hit, node: Node | None) -> Node | None:
    """The function that an argument is: written there, or held by its name."""
    return shaped(hit, node, "arrow_function", "function_expression")


def add_property(hit: Hit, found: Node, text: str) -> tuple[Edit, ...]:
    """The edits that add a property to an object literal."""
    last = next((n for n in reversed(found.named_children) if n.type != "comment"), None)
    if last is None:
        return (hit.edit(found, f"{{ {text} }}"),)
    return (hit.insert_after(last, f", {text}"),)


def add_argument(hit: Hit, text: str) -> tuple[Edit, ...]:
    """The edits that add a last argument to the call."""
    arguments = hit.scope.dialect.argument_nodes(hit.node)
    if arguments:
        return (hit.insert_after(arguments[-1], f", {text}"),)
    end = hit.scope.source.span(hit.node).end - 1
    return (Edit(Span(end, end), text),)


def unshadowed(hit: Hit, name: str) -> bool:
    """Whether the block only reads members of a name, so that it is there what the file imports under it."""
    block = hit.scope.block
    if block.end_byte - block.start_byte > 2 * _NEAR:
        return False
    for node in inside(hit, block, *_NAMES):
        around = node.parent
        if hit.text(node) == name and (around is None or around.type != "member_expression"):
            return False
    return True
