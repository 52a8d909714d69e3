"""A workflow of GitHub Actions that asks the gate. Actions are pinned to the commits of the releases beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vetline import templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vetline.templates import Project, Step

PATH = ".github/workflows/vetline.yml"
_TEXT = r"""# Asks Vetline's gate of each change. Written by `vetline init`, and yours from then on.
name: vetline

on:
  pull_request:
  push:
    branches: [@BRANCH@]

permissions: {}

concurrency:
  group: vetline-${{ github.ref }}
  cancel-in-progress: true

jobs:
  gate:
    name: Gate
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read
      issues: write # the label "vetline: review pending"
      pull-requests: write # one comment for each review that somebody asked for
      security-events: write # findings in the Security tab
    env:
      # What pip installs: a version ("==") or a commit ("vetline @ git+https://HOST/OWNER/vetline@COMMIT").
      VETLINE_FROM: @SOURCE@
      # What a fork brings has a token that may only read.
      MAY_WRITE: ${{ github.event_name == 'push' || github.event.pull_request.head.repo.full_name == github.repository }}
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          fetch-depth: 0 # who wrote a line is known from the commit that brought it
          persist-credentials: false
      - uses: actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0
        with:
          python-version: "3.12"
      - name: Install Vetline
        run: |
          if [ -z "$VETLINE_FROM" ]; then
            echo "::error file=.github/workflows/vetline.yml::say in VETLINE_FROM where pip gets Vetline from"
            exit 3
          fi
          # -I, because the folder we stand in is the change's.
          python -I -m pip install --disable-pip-version-check "$VETLINE_FROM"
      - name: Fetch the notes on who wrote what
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: |
          login=$(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 -w0)
          export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader GIT_CONFIG_VALUE_0="Authorization: Basic $login"
          git fetch --no-tags origin '+refs/notes/vetline*:refs/notes/vetline*'
      - name: Ask the gate
        env:
          BASE: ${{ github.event.pull_request.base.sha || github.event.before }}
        run: |
          if git cat-file -e "$BASE^{commit}" 2>/dev/null; then set -- --diff-base "$BASE"; fi
          vetline check --gate "$@" --output sarif:vetline.sarif --output-format github
      - name: Show the reviews that are asked for
        if: ${{ always() && env.MAY_WRITE == 'true' && github.event_name == 'pull_request' }}
        env:
          GITHUB_TOKEN: ${{ github.token }}
        run: vetline review publish --github
      - uses: github/codeql-action/upload-sarif@0499de31b99561a6d14a36a5f662c2a54f91beee # v4.31.2
        if: ${{ always() && env.MAY_WRITE == 'true' && hashFiles('vetline.sarif') != '' }}
        with:
          sarif_file: vetline.sarif
          category: vetline
"""


def steps(project: Project) -> Iterator[Step]:
    """Write the workflow where there is none."""
    text = _TEXT.replace("@BRANCH@", json.dumps(project.branch))
    text = text.replace("@SOURCE@", json.dumps(project.source))
    yield from templates.alone(project, PATH, text)
