import assert from "node:assert/strict";
import { test } from "node:test";
import manifest from "../package.json";
import type { Blame, State } from "../src/protocol";
import { runs, tally } from "../src/runs";
import { COLORS, sign, TOUCHED } from "../src/signs";
import { KINDS, kindOf } from "../src/trees/kinds";
import { count, iconless, minute, originFacts, person, visible, visibleCode } from "../src/words";

const SHOWN = { ai: "ai", mixed: "mixed", suspect_ai: "suspect_ai", human: "human", unknown: "unknown" } as const;

function lines(...states: (State | [State, string])[]): Blame[] {
  return states.map((given, index) => {
    const [state, session] = typeof given === "string" ? [given, "s"] : given;
    const known = {
      agent: "a",
      model: "m",
      turn: "",
      tier: "reported",
      source: "",
      human: "",
      at: "",
      prompt_digest: "",
    };
    return { line: index + 1, state: SHOWN[state], session, modified: false, ...known };
  });
}

test("lines of one origin that stand together are one run", () => {
  const found = runs(lines("unknown", "ai", "ai", ["ai", "other"], "human", "mixed", "suspect_ai"));
  const told = found.map(({ state, first, last }) => [state, first, last]);
  assert.deepEqual(told, [
    ["ai", 1, 2],
    ["ai", 3, 3],
    ["mixed", 5, 5],
    ["suspect_ai", 6, 6],
  ]);
});

test("lines are counted by what is known of them", () => {
  assert.deepEqual(tally(lines("ai", "ai", "mixed", "suspect_ai", "human")), { ai: 2, mixed: 1, suspect: 1, all: 5 });
});

test("each state has a shape of its own, whatever its colour", () => {
  for (const part of ["head", "tail"] as const) {
    const shapes = TOUCHED.map((state) => sign(state, part, "dark").replaceAll(COLORS[state].defaults.dark, ""));
    assert.equal(new Set(shapes).size, TOUCHED.length);
  }
});

test("the signs stand out from the background of every theme as WCAG 2.2 wants it of graphics", () => {
  const grounds = { light: "#ffffff", dark: "#1f1f1f", highContrastLight: "#ffffff", highContrast: "#000000" };
  for (const state of TOUCHED) {
    for (const [theme, ground] of Object.entries(grounds)) {
      const ratio = contrast(COLORS[state].defaults[theme as keyof typeof grounds], ground);
      const least = theme.startsWith("highContrast") ? 7 : 3;
      assert.ok(ratio >= least, `${state} ${theme} ${ratio}`);
    }
  }
});

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test("a person can change the colours that the signs have", () => {
  const offered = Object.fromEntries(manifest.contributes.colors.map(({ id, defaults }) => [id, defaults]));
  const used = Object.fromEntries(Object.values(COLORS).map(({ id, defaults }) => [id, defaults]));
  assert.deepEqual(offered, used);
});

test("findings are grouped by severity, and what is none by what it is", () => {
  assert.equal(kindOf("python/x", "high", false), "high");
  assert.equal(kindOf("python/x", "high", true), "outside");
  assert.equal(kindOf("trigger/x", "info", false), "trigger");
  assert.equal(kindOf("gate/not-checked", undefined, true), "unchecked");
  assert.equal(kindOf("python/x", "unheard-of", false), "info");
  const icons = Object.values(KINDS).map(({ icon }) => icon);
  assert.equal(new Set(icons).size, icons.length, "an icon each");
});

test("what cannot be seen is written out", () => {
  assert.equal(visible("a\u202eb\u200bc\u001b[31m\nd"), "a\\u{202e}b\\u{200b}c\\x1b[31m d");
  assert.equal(visible("a\ufe0fb\u{e0061}c"), "a\\u{fe0f}b\\u{e0061}c");
  assert.equal(visible("abcdef", 4), "abc…");
  assert.equal(visible(undefined), "");
  assert.equal(visibleCode("\tx\u200b"), "\tx\\u{200b}");
});

test("words for people", () => {
  assert.equal(count(1, "line"), "1 line");
  assert.equal(count(0, "line"), "0 lines");
  assert.equal(minute("2026-03-01T09:05:00.123Z"), "2026-03-01 09:05 UTC");
  assert.equal(minute("<b>"), "");
  assert.equal(person("Ada <ada@example.org>"), "Ada");
  assert.equal(person("<ada@example.org>"), "<ada@example.org>");
  const [known] = lines("human") as [Blame];
  const told = Object.fromEntries(originFacts({ ...known, human: "Ada", session: "" }));
  assert.deepEqual(told, { Origin: "Typed", Agent: "a", Model: "m", By: "Ada" });
});

test("a name draws no icon", () => {
  assert.doesNotMatch(iconless("$(verified) agent"), /(?<!\\)\$\(/);
  assert.equal(iconless("$5 (plain)"), "$5 (plain)");
});
