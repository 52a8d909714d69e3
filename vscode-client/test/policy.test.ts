import assert from "node:assert/strict";
import { once } from "node:events";
import path from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import manifest from "../package.json";
import { Crashes } from "../src/crashes";
import { pour, type Sink } from "../src/log";
import { sentence, shown, unlinked } from "../src/notify";
import { pending, within } from "../src/pending";
import { LANGUAGES, PATTERNS, SELECTOR } from "../src/selector";

test("a server that ends by itself is started again, but not for ever", () => {
  const crashes = new Crashes();
  const starts = [0, 1, 2, 3, 4].map((second) => crashes.again(second * 1000));
  assert.deepEqual(starts, [true, true, true, true, false]);
  assert.ok(crashes.again(10 * 60_000), "much later it is");
  const often = [1, 2, 3, 4].map((second) => crashes.again(10 * 60_000 + second));
  assert.deepEqual(often, [true, true, true, false]);
  crashes.forget();
  assert.ok(crashes.again(10 * 60_000 + 9), "when somebody started it themselves, it is");
});

test("notifications are as the setting says, and off whatever else it is", () => {
  assert.deepEqual(
    [shown("error", "off"), shown("error", "onError"), shown("warning", "onError")],
    [false, true, false],
  );
  assert.deepEqual(
    [shown("warning", "onWarning"), shown("info", "onWarning"), shown("info", "always")],
    [true, false, true],
  );
  assert.equal(shown("error", "nonsense"), false);
  assert.equal(shown("error", "constructor"), false);
});

test("a link in a message, as a name may be one, is not live", () => {
  const hostile = "Review of [x](command:workbench.action.terminal.new).py requested.";
  assert.doesNotMatch(unlinked(hostile), /\[[^\]]+\]\(/);
  assert.equal(unlinked("plain [1] (2)"), "plain [1] (2)");
});

test("what went wrong is one line", () => {
  assert.equal(sentence(new Error("no\nstack")), "no");
  assert.equal(sentence("words"), "words");
});

test("each line of the server's log keeps its level", async () => {
  const lines: string[] = [];
  const sink = Object.fromEntries(
    (["debug", "info", "warn", "error"] as const).map((level) => [
      level,
      (line: string) => lines.push(`${level} ${line}`),
    ]),
  ) as unknown as Sink;
  const stream = new PassThrough();
  pour(stream, sink);
  stream.end("2026-11-24 00:11:33,123 WARNING vetline.x: slow\r\n2026-11-24 00:11:33,124 INFO a: b\nTraceback\n");
  await once(stream, "close");
  await new Promise(setImmediate);
  assert.deepEqual(lines, ["warn vetline.x: slow", "info a: b", "error Traceback"]);
});

test("what takes too long is given up", async () => {
  await assert.rejects(within(10, new Promise(() => undefined), "too long"), /too long/);
  assert.equal(await within(60_000, Promise.resolve(1), "too long"), 1);
  const one = pending();
  one.resolve();
  await one.promise;
  assert.ok(one.settled);
});

test("the extension starts with the languages that it serves", () => {
  const events = manifest.activationEvents.filter((event) => event.startsWith("onLanguage:"));
  assert.deepEqual(new Set(events), new Set(LANGUAGES.map((language) => `onLanguage:${language}`)));
  assert.deepEqual(
    new Set(SELECTOR.map(({ scheme }) => scheme)),
    new Set(["file", "untitled", "vscode-notebook-cell"]),
  );
});

test("a folder with a file that is plain text to VS Code and not to us starts it, too", () => {
  const names = manifest.activationEvents.flatMap((event) => /^workspaceContains:([^*]+)$/.exec(event)?.[1] ?? []);
  const unseen = PATTERNS.filter((pattern) => !names.some((name) => path.matchesGlob(name, pattern)));
  assert.deepEqual(unseen, []);
});
