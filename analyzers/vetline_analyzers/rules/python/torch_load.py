"""A model file that may be a program."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import extended, last_name, splatted
from vetline_analyzers.syntax.python_web import FALSE, TRUE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report


def _check(hit: Hit) -> Report | None:
    only = hit.keyword("weights_only")
    if splatted(hit) or (only is not None and hit.text(only) in TRUE):
        return None
    if only is not None:
        if hit.text(only) not in FALSE:
            return None
        edit = hit.edit(only, "True")
        return Report(_MESSAGE, fix=Fix("Read weights only", (edit,), safe=False), tentative=False)
    add = extended(hit, "weights_only=True")
    fix = Fix("Read weights only", (add,), safe=_is_state(hit)) if add is not None else None
    return Report(_MESSAGE, fix=fix, tentative=True)


def _is_state(hit: Hit) -> bool:
    """Whether what is read goes straight into a model as its weights, and nobody chose another reader."""
    arguments = hit.node.parent
    call = arguments.parent if arguments is not None and arguments.type == "argument_list" else None
    if call is None or last_name(hit, call) != "load_state_dict":
        return False
    return hit.either(2, "pickle_module") is None


_MESSAGE = (
    "torch.load reads a pickle, which can run code: pass weights_only=True, or use safetensors."
)

RULE = PatternRule(
    id="python/torch-load",
    title="Model file read as a pickle",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(502,),
    page="""
A `.pt` file is a pickle: reading it with `torch.load` calls whatever it names, so a model from a hub or a
colleague's bucket is a program. PyTorch before 2.6 does so unless `weights_only=True` is passed; later
versions do so only when told `weights_only=False`.
""",
    attack="Publishes a model whose file runs a shell command when it is loaded.",
    advice="Pass `weights_only=True`, or keep weights in safetensors: `safetensors.torch.load_file`.",
    bad=(
        """\
import torch

def load(path):
    return torch.load(path)
""",
        """\
import torch

model = torch.load("model.pt", map_location="cpu", weights_only=False)
""",
        """\
from torch import load as read

state = read(buffer)
""",
        """\
import torch

model.load_state_dict(torch.load(f"{folder}/last.pt"))
""",
    ),
    good=(
        """\
import torch

def load(path):
    return torch.load(path, weights_only=True)
""",
        """\
from safetensors.torch import load_file

state = load_file("model.safetensors")
""",
    ),
    same_as=("bandit/B614",),
    url="https://pytorch.org/docs/stable/generated/torch.load.html",
    names=("torch.load",),
    check=_check,
)
