// Words for people: names and times from outside made harmless, counts, who wrote a line.
import type { Blame, State } from "./protocol";

// Controls, marks that turn the direction of text, and what has no form of its own: none of them may act in a tree or a page.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Variation_Selector}]/gu;

/** A text from outside on one line, with what cannot be seen written out, cut where it gets long. */
export function visible(text: unknown, most = 200): string {
  const flat = String(text ?? "")
    .replace(/[\r\n\t]+/g, " ")
    .replace(UNSEEN, escaped)
    .trim();
  const letters = [...flat];
  return letters.length <= most ? flat : `${letters.slice(0, most - 1).join("")}…`;
}

/** A text from outside for a quick pick or the status bar, where `$(name)` would be drawn as an icon. */
export function iconless(text: string): string {
  return text.replaceAll("$(", "\\$(");
}

/** A line of code with what cannot be seen written out; tabs stay, since they are how it is indented. */
export function visibleCode(line: string): string {
  return line.replace(UNSEEN, (mark) => (mark === "\t" ? mark : escaped(mark)));
}

function escaped(mark: string): string {
  const number = mark.codePointAt(0) ?? 0;
  return number < 0x100 ? `\\x${number.toString(16).padStart(2, "0")}` : `\\u{${number.toString(16)}}`;
}

/** A count and its noun: "1 line", "3 lines". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** A time of the ledger to the minute; "" when it is none. */
export function minute(at: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(at) ? `${at.slice(0, 16).replace("T", " ")} UTC` : "";
}

/** A person's name without their address. */
export function person(human: string): string {
  const [name] = human.split("<", 1);
  return visible(name?.trim() || human, 60);
}

const STATES: Record<State, string> = {
  ai: "AI",
  mixed: "Partly AI",
  suspect_ai: "Perhaps AI",
  human: "Typed",
  unknown: "Unknown",
};

const TIERS: Record<string, string> = {
  reported: "the agent reported it",
  observed: "the editor saw it",
  imported: "it was imported",
  suspected: "so much came at once, and nobody said where from",
};

/** The state of a line in words. */
export function stateWords(state: State): string {
  return STATES[state] ?? STATES.unknown;
}

/** Whether an AI had a hand in a line, or is suspected to have had. */
export function isTouched(state: State): boolean {
  return state === "ai" || state === "mixed" || state === "suspect_ai";
}

/** What is known of a line's origin, as pairs of what and which, in order; what is not known is left out. */
export function originFacts(blame: Blame): [string, string][] {
  const facts: [string, string][] = [
    ["Origin", stateWords(blame.state)],
    ["Agent", visible(blame.agent)],
    ["Model", visible(blame.model)],
    [blame.state === "human" ? "By" : "For", visible(blame.human)],
    ["When", minute(blame.at)],
    ["Session", visible(blame.session)],
    ["Turn", visible(blame.turn)],
    ["Prompt digest", visible(blame.prompt_digest)],
    ["Known because", isTouched(blame.state) ? (TIERS[blame.tier ?? ""] ?? "") : ""],
    ["Changed by a person", blame.modified ? "before it was written" : ""],
  ];
  return facts.filter(([, value]) => value !== "");
}
