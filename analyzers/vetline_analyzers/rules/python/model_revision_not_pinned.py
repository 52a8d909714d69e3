"""A model or data set that can change from one start to the next."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.around import splatted
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_LOCAL = re.compile(
    r"(?i)^(?:models?|checkpoints?|data|datasets?|outputs?|weights|results|runs)/|\.\w{2,5}$"
)
_VERSION = re.compile(r"\.\d+[A-Za-z]?$")  # "owner/name-1.5" ends like a file, and is none


def _check(hit: Hit) -> Report | None:
    given = hit.argument(0) or hit.keyword("repo_id") or hit.keyword("path")
    name = hit.string(given or hit.keyword("pretrained_model_name_or_path"))
    if name is None or not _HUB_NAME.fullmatch(name):
        return None
    if _LOCAL.search(name) and not _VERSION.search(name):
        return None
    revision = hit.keyword("revision")
    if revision is not None:
        fixed = hit.string(revision)
        if fixed is None or _COMMIT.fullmatch(fixed):
            return None
    if "local_files_only=True" in hit.text(hit.node) or splatted(hit):
        return None
    return Report(
        f"What {name} is can change with its publisher's next push: pin `revision` to a commit's full hash."
    )


RULE = PatternRule(
    id="python/model-revision-not-pinned",
    title="Model or data set without a pinned revision",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    tentative=True,
    cwe=(494, 829, 1357),
    page="""
A name on a hub is a branch, not a version: the next download may bring other weights, another tokenizer,
or a file that runs code. Branches and tags can be moved, only a commit's full hash cannot. What was
evaluated and approved is then no longer what runs.
""",
    attack="Takes over the publisher's account and swaps the weights everybody downloads.",
    advice="Pass `revision=` with the 40 digits of the commit that was reviewed.",
    bad=(
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained("owner/name")
""",
        """\
from huggingface_hub import snapshot_download

path = snapshot_download(repo_id="owner/name", revision="main")
""",
        """\
from datasets import load_dataset as load

data = load("owner/name", split="train")
""",
        """\
NAME = "owner/model-1.5"
tokenizer = AutoTokenizer.from_pretrained(NAME)
""",
    ),
    good=(
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained("owner/name", revision="0123456789abcdef0123456789abcdef01234567")
""",
        """\
from transformers import AutoModel

model = AutoModel.from_pretrained("./checkpoints/last")
""",
        """\
from huggingface_hub import snapshot_download

path = snapshot_download(repo_id="owner/name", revision=settings.revision)
""",
    ),
    same_as=("bandit/B615",),
    url="https://huggingface.co/docs/huggingface_hub/guides/download",
    names=(
        *(f"huggingface_hub.{name}" for name in ("snapshot_download", "hf_hub_download")),
        *("snapshot_download", "hf_hub_download", "load_dataset", "datasets.load_dataset"),
    ),
    methods=("from_pretrained",),
    check=_check,
)
