// Lines that stand together and have one origin, and how many lines of a file an AI touched.
import type { Blame, State } from "./protocol";
import { isTouched } from "./words";

/** Lines of one origin, from 0, both ends included. */
export interface Run {
  readonly state: State;
  readonly first: number;
  readonly last: number;
  readonly blame: Blame;
}

/** The runs of lines that an AI touched, in order. */
export function runs(lines: readonly Blame[]): Run[] {
  const found: Run[] = [];
  for (const blame of lines) {
    if (!isTouched(blame.state)) {
      continue;
    }
    const line = blame.line - 1;
    const before = found.at(-1);
    if (before && before.last === line - 1 && isOne(before.blame, blame)) {
      found[found.length - 1] = { ...before, last: line };
    } else {
      found.push({ state: blame.state, first: line, last: line, blame });
    }
  }
  return found;
}

function isOne(one: Blame, other: Blame): boolean {
  return (
    one.state === other.state &&
    one.agent === other.agent &&
    one.model === other.model &&
    one.session === other.session &&
    one.turn === other.turn
  );
}

/** How many lines an AI wrote, wrote in part, and perhaps wrote. */
export function tally(lines: readonly Blame[]): { ai: number; mixed: number; suspect: number; all: number } {
  const number = (state: State) => lines.filter((one) => one.state === state).length;
  return { ai: number("ai"), mixed: number("mixed"), suspect: number("suspect_ai"), all: lines.length };
}
