"""Data whose reading runs code."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report
from vetline_analyzers.syntax.scope import callee

_SIGNED = re.compile(r"compare_digest|\bverify\w*\(|\.verify\(|unsign|\bdecrypt\w*\(|\.decrypt\(")


def _check(hit: Hit) -> Report | None:
    data = hit.argument(0) or hit.keyword("file")
    if hit.name in {"numpy.load", "np.load"}:
        allowed = hit.either(2, "allow_pickle")
        if allowed is None or hit.text(allowed) != "True":
            return None
    if data is None:
        return None
    if hit.constant(data):
        return None
    function = callee(data) if data.type == "call" else None
    if hit.resolve(function).endswith("dumps") or _SIGNED.search(hit.before()):
        return None
    sure = hit.from_outside(data)
    return Report(
        f"{hit.name} runs code that the data names: read it only from where nobody else can write, "
        "or use JSON.",
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        severity=Severity.HIGH if sure else Severity.MEDIUM,
        tentative=not sure,
    )


RULE = PatternRule(
    id="python/unsafe-deserialization",
    title="Data whose reading runs code",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(502, 20),
    page="""
Pickle and its relatives are small programs, not data: reading one calls what it names. A pickle from a
request, a cache, a queue or a downloaded model can be `os.system("…")`. `marshal`, `shelve`, `dill`,
`joblib`, `jsonpickle`, `pandas.read_pickle` and `numpy.load(allow_pickle=True)` are the same.
""",
    attack="Sends a pickle whose `__reduce__` names `os.system`; reading it runs the command.",
    advice="Use JSON or another format that holds only data. If it must be a pickle, sign it and check the "
    "signature before reading; for arrays use `.npz` without pickles, for models safetensors.",
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
import numpy as np

def load(path):
    return np.load(path, allow_pickle=True)
""",
        """\
import shelve

def load(path):
    return shelve.open(path)["user"]
""",
        """\
from joblib import load

def model(path):
    return load(path)
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
import hmac
import pickle

def load(data, mac):
    if not hmac.compare_digest(mac, sign(data)):
        raise ValueError("forged")
    return pickle.loads(data)
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
    same_as=("bandit/B301", "bandit/B302"),
    url="https://docs.python.org/3/library/pickle.html",
    names=(
        *(
            f"{m}.{f}"
            for m in ("pickle", "cPickle", "_pickle", "pickle5", "dill", "cloudpickle", "marshal")
            for f in ("load", "loads", "Unpickler")
        ),
        *(
            "pd.read_pickle",
            "np.load",
            "jsonpickle.decode",
            "jsonpickle.unpickler.decode",
            "jsonpickle.loads",
            "joblib.load",
            "sklearn.externals.joblib.load",
        ),
        *("pandas.read_pickle", "numpy.load", "shelve.open", "shelve.loads", "shelve.Shelf"),
        *("shelve.DbfilenameShelf", "hickle.load", "compress_pickle.load", "compress_pickle.loads"),
    ),
    fed=(0, "stream", "data", "file"),
    check=_check,
)
