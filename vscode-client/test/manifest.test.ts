import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import manifest from "../package.json";

const { commands, menus, views, viewsWelcome, walkthroughs } = manifest.contributes;
const OURS = new Set(commands.map(({ command }) => command));
const VIEWS = new Set(views.vetline.map(({ id }) => id));

/** Whether a command is there: ours, one that focuses a view of ours, or VS Code's own. */
function isKnown(command: string): boolean {
  return OURS.has(command) || VIEWS.has(command.replace(/\.focus$/, "")) || /^(workbench|vscode)\./.test(command);
}

function links(text: string): string[] {
  return [...text.matchAll(/\]\(command:([^)?]*)/g)].map(([, command]) => command as string);
}

test("menus, welcome texts and the walkthrough name commands that are there", () => {
  const steps = walkthroughs.flatMap(({ steps }) => steps);
  const named = [
    ...Object.values(menus).flatMap((entries) => entries.map(({ command }) => command)),
    ...viewsWelcome.flatMap(({ contents }) => links(contents)),
    ...steps.flatMap(({ description }) => links(description)),
  ];
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter((command) => !isKnown(command)),
    [],
  );
});

test("each view says what to do while it is empty", () => {
  assert.deepEqual(new Set(viewsWelcome.map(({ view }) => view)), VIEWS);
});

test("the walkthrough has four steps, each with a picture that is there and words for it", () => {
  const [{ steps }] = walkthroughs as [(typeof walkthroughs)[number]];
  assert.equal(steps.length, 4);
  for (const { media, completionEvents } of steps) {
    assert.ok(existsSync(media.svg), media.svg);
    assert.ok(media.altText);
    assert.ok(completionEvents.length);
  }
});

test("what the palette shows is ours by name, and what needs a row of a tree is not in it", () => {
  const hidden = new Set(menus.commandPalette.filter(({ when }) => when === "false").map(({ command }) => command));
  for (const { command, category } of commands) {
    assert.equal(category, "Vetline");
    assert.equal(hidden.has(command), command.startsWith("vetline.tree."), command);
  }
});
