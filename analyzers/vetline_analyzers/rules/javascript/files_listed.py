"""Folders whose files everybody may see."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around_javascript import LANGUAGES, of, option, options
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_ROOTS = frozenset({".", "./", "/", "..", "../"})
_LISTS = frozenset({*of("serve-index", ""), "serve-index"})


def _check(hit: Hit) -> Report | None:
    if hit.name in _LISTS:
        return Report("Everybody may see which files are in this folder: leave the list out.")
    folder = hit.argument(0)
    dotfiles = option(hit, options(hit), "dotfiles")
    if dotfiles is not None and hit.string(dotfiles) == "allow":
        fix = Fix("Hide dotfiles", (hit.edit(dotfiles, '"ignore"'),), safe=False)
        return Report(
            "Files such as .env and .git are sent to who asks: leave dotfiles out.",
            dotfiles,
            fix=fix,
        )
    if folder is None:
        return None
    if hit.string(folder) in _ROOTS or hit.text(folder) in {"__dirname", "process.cwd()"}:
        return Report(
            "The whole program is sent to who asks, its settings and source included: serve a folder "
            "of its own.",
            folder,
        )
    return None


RULE = PatternRule(
    id="javascript/files-listed",
    title="Folder whose files everybody may see",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(548, 538, 552),
    page="""
A web server shows more files than it should: a list of a folder (`serve-index`), dotfiles such as `.env`, or
the folder that the program itself lies in, with its source, its lock file and its settings.
""",
    attack="Asks for /.env or /package.json, and reads the password of the database.",
    advice='Serve a folder of its own: `express.static(path.join(__dirname, "public"))`.',
    bad=(
        'const serveIndex = require("serve-index");\n\napp.use("/files", serveIndex("files"));\n',
        'app.use(express.static("public", { dotfiles: "allow" }));\n',
        'import express from "express";\n\napp.use(express.static(__dirname));\n',
    ),
    good=(
        'app.use(express.static("public"));\n',
        'app.use(express.static("public", { dotfiles: "ignore" }));\n',
        'import express from "express";\n\napp.use(express.static(path.join(__dirname, "public")));\n',
    ),
    url="https://expressjs.com/en/resources/middleware/serve-static.html",
    language="javascript",
    languages=LANGUAGES,
    names=(*of("serve-index", ""), "express.static", "serve-static", "koa-static"),
    check=_check,
)
