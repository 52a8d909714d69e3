"""YAML that may build any object."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Persona, Severity
from vetline_analyzers.core.text import Edit, Span
from vetline_analyzers.syntax import around
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_UNSAFE = {"Loader", "UnsafeLoader", "CLoader", "FullLoader", "CFullLoader"}
_RUAMEL = ("ruamel.yaml.YAML", "ruamel.yaml.load", "ruamel.yaml.load_all")


def _check(hit: Hit) -> Report | None:
    if hit.name.startswith("yaml.full"):
        return Report(
            "yaml.full_load had holes before: yaml.safe_load reads plain data.",
            persona=Persona.PEDANTIC,
        )
    if hit.name == "ruamel.yaml.YAML":
        kind = hit.string(hit.keyword("typ") or hit.argument(0))
        return Report(_message("YAML(typ='unsafe')")) if kind == "unsafe" else None
    loader = hit.either(1, "Loader")
    named = hit.resolve(loader).rpartition(".")[2]
    if hit.name.endswith((".load", ".load_all")) and loader is not None and named not in _UNSAFE:
        return None
    text = hit.either(0, "stream")
    if loader is None and "unsafe" not in hit.name and (text is None or hit.constant(text)):
        return None
    if named in {"FullLoader", "CFullLoader"}:  # limited since PyYAML 5.4
        return Report(
            "FullLoader had holes before and is not meant for what strangers wrote: use yaml.safe_load.",
            fix=_fix(hit, safe=False),
            severity=Severity.LOW,
            tentative=True,
        )
    # Who names a loader may need what it builds; without one, new releases refuse the call.
    plain = loader is None and "add_constructor" not in around.function_text(hit)
    return Report(_message(hit.name), fix=_fix(hit, safe=plain))


def _message(name: str) -> str:
    return f"{name} builds any object the text names, which can run code: use yaml.safe_load."


def _fix(hit: Hit, *, safe: bool) -> Fix | None:
    function, text = callee(hit.node), hit.argument(0)
    name = function.child_by_field_name("attribute") if function is not None else None
    if name is None or text is None or hit.text(name) not in {"load", "load_all"}:
        return None
    edits = [hit.edit(name, f"safe_{hit.text(name)}")]
    if (loader := hit.either(1, "Loader")) is not None:
        arguments = hit.node.child_by_field_name("arguments")
        if arguments is None or len(arguments.named_children) > 2:  # noqa: PLR2004 - text and loader
            return None
        start = hit.scope.source.span(text).end
        edits.append(Edit(Span(start, hit.scope.source.span(loader).end), ""))
    return Fix("Use yaml.safe_load", tuple(edits), safe=safe)


RULE = PatternRule(
    id="python/unsafe-yaml-load",
    title="YAML that may build any object",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(502, 20),
    page="""
`yaml.load` without a safe loader follows tags such as `!!python/object/apply:os.system`: reading a file
that an attacker wrote runs their command. PyYAML before 6 takes the unsafe loader when none is given.
""",
    attack="Writes `!!python/object/apply:os.system` and a command into the file.",
    advice="Use `yaml.safe_load(text)`, or `Loader=yaml.SafeLoader`.",
    bad=(
        """\
import yaml

def read(text):
    return yaml.load(text)
""",
        """\
import yaml as y

def read(text):
    return y.load(text, Loader=y.Loader)
""",
        """\
from yaml import load as l

def read(text):
    return l(text)
""",
        """\
import yaml

def read(text):
    return yaml.load(text, yaml.UnsafeLoader)
""",
        """\
import yaml

def read(text):
    return list(yaml.load_all(text))
""",
        """\
import yaml

def read(text):
    return yaml.unsafe_load(text)
""",
        """\
import yaml

read = yaml.load
data = read(open('x').read())
""",
        """\
from ruamel.yaml import YAML

data = YAML(typ="unsafe").load(path)
""",
    ),
    good=(
        """\
import yaml

def read(text):
    return yaml.safe_load(text)
""",
        """\
import yaml

def read(text):
    return yaml.load(text, Loader=yaml.SafeLoader)
""",
        """\
from yaml import CSafeLoader, load

def read(text):
    return load(text, CSafeLoader)
""",
        """\
import json

def read(text):
    return json.load(text)
""",
        """\
from ruamel.yaml import YAML

def read(text):
    return YAML(typ="safe").load(text)
""",
    ),
    same_as=("bandit/B506",),
    url="https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation",
    names=(
        "yaml.load",
        "yaml.load_all",
        "yaml.unsafe_load",
        "yaml.unsafe_load_all",
        "yaml.full_load",
        "yaml.full_load_all",
        *_RUAMEL,
    ),
    fed=(0, "stream", "data", "file"),
    check=_check,
)
