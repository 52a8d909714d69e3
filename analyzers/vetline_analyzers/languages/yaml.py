"""YAML, of which we know workflows, manifests and compose files."""

from __future__ import annotations

from vetline_analyzers.languages import Language

LANGUAGE = Language(
    name="yaml",
    suffixes=(".yml", ".yaml"),
    language_ids=("github-actions-workflow", "dockercompose", "yaml.docker-compose", "yaml.github"),
)
