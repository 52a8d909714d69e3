"""The registries a project's packages come from: which they are, what they say of a name, what mixes them.

What is read, and never run, are the settings of pip, uv, Poetry, PDM, Pipenv, npm, pnpm, Yarn and Bun: the user's own
(environment, home, system) and the project's. Three things are made of them:

- `facts`: which packages are internal, and of which of them a public registry may answer too (dependency confusion).
  No network.
- `asking.look_up`: what registries say of single names. Only who asks for it (`--online`, the user's own setting
  `online`) has it done; names of packages are all that leaves the machine, and those of internal ones go to
  their own registry only.
- `whole.names`: all names of the user's index, for `vetline index update`.

**Whose word counts.** A project's files are anybody's. They may name indexes, as they do for the installers. What
they may not do is take secrets along: variables of the environment ("${TOKEN}") are filled in in the user's own files
only, and the user's logins go to the address they are for, over TLS unless the user's own settings name that address
without. Logins that installers look up by an index's *name* (UV_INDEX_CORP_PASSWORD) are not used: the project says
which address has that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vetline.registries.confusion import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vetline_analyzers.core.universe import Ecosystem

__all__ = ["RegistryError", "facts", "whole_list"]


class RegistryError(Exception):
    """A registry did not give what was asked for; one line without credentials."""


def whole_list(ecosystem: Ecosystem, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """All names that the user's own index of an ecosystem has, normalised, as they arrive.

    Args:
        ecosystem: whose names.
        environ: the environment variables; the process's own when not given.

    Raises:
        RegistryError: it offers no list, cannot be asked, or broke off; what came before is not the whole.
    """
    from vetline.registries.whole import names  # noqa: PLC0415 - it loads an HTTP client

    return names(ecosystem, environ)
