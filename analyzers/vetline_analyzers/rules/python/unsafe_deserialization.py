"""Data whose reading runs code."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_ROUND_TRIP = ("dumps",)


def _check(hit: Hit) -> Report | None:
    data = hit.argument(0)
    if data is None or hit.constant(data):
        return None
    if hit.name == "numpy.load":
        allowed = hit.keyword("allow_pickle")
        if allowed is None or hit.text(allowed) != "True":
            return None
    if hit.name == "torch.load":
        only = hit.keyword("weights_only")
        if only is not None and hit.text(only) != "False":
            return None
    function = callee(data) if data.type == "call" else None
    if hit.resolve(function).endswith(_ROUND_TRIP):
        return None
    sure = hit.from_outside(data)
    return Report(
        f"{hit.name} runs code that the data names: read it only from where nobody else can write, "
        "or use JSON.",
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
    )


RULE = PatternRule(
    id="python/unsafe-deserialization",
    title="Data whose reading runs code",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(502,),
    page="""
Pickle and its relatives are small programs, not data: reading one calls what it names. A pickle from a
request, a cache, a queue or a downloaded model can be `os.system("…")`. `marshal`, `shelve`, `dill`,
`joblib`, `pandas.read_pickle`, `numpy.load(allow_pickle=True)` and `torch.load` without
`weights_only=True` are the same.
""",
    advice="Use JSON or another format that holds only data. If it must be a pickle, sign it and check the "
    "signature before reading; for models use `weights_only=True` or safetensors.",
    bad=(
        """\
import pickle

def load(request):
    return pickle.loads(request.data)
""",
        """\
import pickle as p

def load(file):
    return p.load(file)
""",
        """\
from marshal import loads

def load(data):
    return loads(data)
""",
        """\
import torch

def load(path):
    return torch.load(path)
""",
        """\
import numpy as np

def load(path):
    return np.load(path, allow_pickle=True)
""",
    ),
    good=(
        """\
import json

def load(request):
    return json.loads(request.data)
""",
        """\
import pickle

def copy(thing):
    return pickle.loads(pickle.dumps(thing))
""",
        """\
import torch

def load(path):
    return torch.load(path, weights_only=True)
""",
        """\
import numpy as np

def load(path):
    return np.load(path)
""",
        """\
import pickle

def save(thing, file):
    pickle.dump(thing, file)
""",
    ),
    same_as=("bandit/B301", "bandit/B302", "bandit/B614"),
    url="https://docs.python.org/3/library/pickle.html",
    names=(
        *(
            f"{m}.{f}"
            for m in ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal")
            for f in ("load", "loads", "Unpickler")
        ),
        *("jsonpickle.decode", "joblib.load", "pandas.read_pickle", "numpy.load", "torch.load"),
    ),
    check=_check,
)
