"""A model whose publisher's code runs here."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import setting, settings_query, without
from vetline_analyzers.syntax.python_web import TRUE
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_COMMIT = 40  # digits of a full hash


def _check(hit: Hit) -> Report | None:
    found = setting(hit)
    if found is None or hit.text(found[1]) not in TRUE:
        return None
    name, value = found
    call = value.parent.parent.parent if value.parent is not None and value.parent.parent else None
    if call is not None and call.type == "call":
        revision = hit.scope.dialect.keyword(call, "revision", hit.text)
        if len(hit.string(revision) or "") == _COMMIT:
            return None
    drop = without(hit, hit.node)
    fix = Fix(f"Drop {name}", (drop,), safe=False) if drop is not None else None
    return Report(
        f"{name} runs the Python files of whoever publishes the model: leave it out, or pin `revision` to a "
        "commit you have read.",
        fix=fix,
    )


RULE = PatternRule(
    id="python/model-remote-code",
    title="Code of a model's publisher is trusted",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    cwe=(829, 94, 494),
    page="""
With `trust_remote_code=True` a hub's repository is not only weights: its Python files are downloaded and
imported. Whoever takes over the account, or registers a name that a model once had, runs code on every
machine that loads it. `torch.hub.load(trust_repo=True)` is the same.
""",
    attack="Pushes a commit to the model's repository; the next start of the service imports it.",
    advice="Choose a model that needs no code of its own. If it must be this one, read the code and pin "
    "`revision` to the full commit hash.",
    bad=(
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained("owner/name", trust_remote_code=True)
""",
        """\
from datasets import load_dataset

data = load_dataset("owner/name", trust_remote_code=True, split="train")
""",
        """\
import torch

model = torch.hub.load("owner/repo", "model", trust_repo=True)
""",
        """\
options = {"device_map": "auto", "trust_remote_code": True}
model = AutoModel.from_pretrained(name, **options)
""",
    ),
    good=(
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained("owner/name")
""",
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained("owner/name", trust_remote_code=False)
""",
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained(
    "owner/name", revision="0123456789abcdef0123456789abcdef01234567", trust_remote_code=True
)
""",
    ),
    url="https://huggingface.co/docs/transformers/models#custom-models",
    query=settings_query("trust_remote_code", "trust_repo"),
    check=_check,
)
