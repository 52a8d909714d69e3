"""`vetline review publish --github|--gitlab [ID…]`: show the requests where people look at changes.

Each has one comment of the pull or merge request, or outside of one an issue; a second run brings them up to date.
Without IDs these are the requests that wait for a decision, in a pull or merge request those that it brings along.
The token comes from GITHUB_TOKEN or GH_TOKEN, GITLAB_TOKEN or CI_JOB_TOKEN.

Exit codes: 0 done; 2 wrong usage; 3 the forge said no or could not be asked, or a ledger cannot be read.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from vetline import config, forges, git, session, statement, trust
from vetline.doors import options as words
from vetline.doors.review import card, reading
from vetline.forges import ForgeError, Given
from vetline.forges.api import Api
from vetline.formats import number, visible

if TYPE_CHECKING:
    import argparse

    from vetline.config import Config
    from vetline.forges import Forge, Post, Target

_DONE, _LEFT = 0, 3
_ID = re.compile("[0-9a-f]{12}")
_MOST = 50  # requests that one run posts anew


def main(argv: list[str]) -> int:
    """Publish reviews; gives the exit code.

    Raises:
        UsageError: what is asked for makes no sense.
        LedgerError: the ledger cannot be read.
    """
    options = _parser().parse_args(argv)
    found = config.load(Path())
    if found.problems:
        raise words.UsageError("\n".join(map(str, found.problems)))
    if options.number is not None and options.number < 1:
        raise words.UsageError("--number: pull and merge requests are counted from 1")
    forge = forges.named(options.forge)
    target = _target(forge, found.root, options)
    posts = _posts(found, options.ids, in_request=bool(target.number))
    if options.dry_run:
        return _show(posts, target)
    done = 0
    try:
        with Api(forge.TITLE, forge.NEEDS, target, os.environ) as api:
            for id_, what in forges.publish(forge, api, target, posts, whole=not options.ids):
                words.write(f"{id_} {what}\n")
                done += 1
    except ForgeError as error:
        words.tell("review", str(error))
        return _LEFT
    if not done:
        words.write("No review is to be published.\n")
    return _DONE


def _parser() -> words.Parser:
    parser = words.Parser(prog="vetline review publish", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these, whatever came of them")
    where = parser.add_mutually_exclusive_group(required=True)
    for name in forges.NAMES:
        title = forges.named(name).TITLE
        where.add_argument(
            f"--{name}", action="store_const", dest="forge", const=name, help=f"on {title}"
        )
    parser.add_argument("--url", metavar="URL", help="the API's address, of a forge of one's own")
    parser.add_argument("--repository", metavar="NAME", help="OWNER/NAME, or GROUP/NAME")
    parser.add_argument("--number", type=int, metavar="N", help="the pull or merge request's")
    parser.add_argument(
        "--issues",
        action="store_true",
        help="an issue each, also where a pull or merge request is known",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be posted, send nothing"
    )
    return parser


def _target(forge: Forge, root: Path, options: argparse.Namespace) -> Target:
    """Where to post.

    Raises:
        UsageError: it is not known, or there is no token where one is needed.
    """
    given = Given(options.url or "", options.repository or "", options.number or 0, options.issues)
    environ = dict(os.environ)
    if options.dry_run and not any(environ.get(name) for name in forge.TOKENS):
        environ[forge.TOKENS[0]] = "none"
    try:
        return forge.target(given, _remote(root), environ)
    except ForgeError as error:
        raise words.UsageError(str(error)) from None


def _remote(root: Path) -> forges.Remote:
    try:
        told = git.run(root, "config", "--get", "remote.origin.url", ok=(0, 1, 128))
    except git.GitError:
        return forges.Remote()
    return forges.remote_of(told.decode("utf-8", "replace").strip())


def _posts(found: Config, ids: list[str], *, in_request: bool) -> list[Post]:
    """What is to be seen of the requests that are meant, oldest first."""
    told = reading.requests(found.root, found.settings)
    known = tuple(one for one in told if _ID.fullmatch(one.id))
    chosen = [reading.one(known, word) for word in dict.fromkeys(ids)]
    reader, mask = reading.Reader(found), cache(session.without_secrets)
    older = _older(found.root) if in_request and not ids else frozenset()
    posts, new = [], 0
    for one in chosen or known:
        row = reader.row(one)
        wanted = bool(ids) or (row.is_open and one.id not in older)
        new += wanted
        posts.append(card.of(row, mask, wanted=wanted and (bool(ids) or new <= _MOST)))
    if not ids and new > _MOST:
        words.tell(
            "review", f"{new - _MOST} more requests wait: name those that are to be posted, too"
        )
    return posts


def _older(root: Path) -> frozenset[str]:
    """The requests that the commit has which a change is compared with: they are not this change's."""
    try:
        files = trust.listed(root, trust.base(root), statement.FOLDER)
    except git.GitError as error:
        words.tell("review", f"which requests are older than this change is not known: {error}")
        return frozenset()
    return frozenset(PurePosixPath(file.path).parent.name for file in files)


def _show(posts: list[Post], target: Target) -> int:
    """Write what would be posted."""
    kind = f"request {target.number}" if target.number else "an issue each"
    shown = [post for post in posts if post.wanted]
    words.write(
        f"To {visible(target.url)}, {visible(target.project)}, {kind}: {number(len(shown), 'review')}.\n"
    )
    for post in shown:
        words.write(f"\n{post.title}\n{post.body}\n")
    return _DONE
