"""A job of GitLab CI that asks the gate, in a file of its own that the pipeline includes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vetline import templates
from vetline.templates import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.templates import Project

PATH, _PIPELINE = ".gitlab/vetline.yml", ".gitlab-ci.yml"
_INCLUDE = f"include:\n  - local: {PATH}\n"
_TEXT = r"""# Asks Vetline's gate of each change. Written by `vetline init`, and yours from then on.
vetline:
  stage: test
  # It has git and ssh-keygen. Pin it by its digest (image: python:3.12-bookworm@sha256:...) where that matters.
  image: python:3.12-bookworm
  timeout: 20 minutes
  variables:
    GIT_DEPTH: "0" # who wrote a line is known from the commit that brought it
    # What pip installs: a version ("==") or a commit ("vetline @ git+https://HOST/GROUP/vetline@COMMIT").
    VETLINE_FROM: @SOURCE@
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - |
      if [ -z "$VETLINE_FROM" ]; then
        echo "say in VETLINE_FROM (.gitlab/vetline.yml) where pip gets Vetline from"
        exit 3
      fi
    # -I, because the folder we stand in is the change's.
    - python -I -m pip install --disable-pip-version-check "$VETLINE_FROM"
    - git fetch --no-tags origin '+refs/notes/vetline*:refs/notes/vetline*'
    - BASE="${CI_MERGE_REQUEST_DIFF_BASE_SHA:-$CI_COMMIT_BEFORE_SHA}"
    - if git cat-file -e "$BASE^{commit}" 2>/dev/null; then set -- --diff-base "$BASE"; else set --; fi
    - vetline check --gate "$@" --output gitlab:gl-code-quality-report.json --output-format concise
  after_script:
    # A job's own token may not write comments: GITLAB_TOKEN is a project access token with the scope api, role Reporter.
    - |
      if [ -n "$GITLAB_TOKEN" ] && [ -n "$CI_MERGE_REQUEST_IID" ]; then vetline review publish --gitlab; fi
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""


def steps(project: Project) -> Iterator[Step]:
    """Write the job, and the pipeline where there is none; of one that is there say what includes the job."""
    yield from templates.alone(project, PATH, _TEXT.replace("@SOURCE@", json.dumps(project.source)))
    pipeline = project.read(_PIPELINE)
    if pipeline is None:
        yield Step(_PIPELINE, _INCLUDE)
    elif PATH not in pipeline:
        yield Step(_PIPELINE, None, f"does not include the job; add to it:\n{_INCLUDE}")
