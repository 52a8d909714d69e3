// The signs in the gutter: a shape for each state, so that they can be told apart without their colour.
import type { State } from "./protocol";

export type Touched = Extract<State, "ai" | "mixed" | "suspect_ai">;
export type Theme = "light" | "dark" | "highContrastLight" | "highContrast";

export const TOUCHED: readonly Touched[] = ["ai", "mixed", "suspect_ai"];

/** The colours by theme. package.json offers the same ones for the overview ruler, where a person can change them. */
export const COLORS: Record<Touched, { id: string; defaults: Record<Theme, string> }> = {
  ai: {
    id: "vetline.aiForeground",
    defaults: { light: "#8250df", dark: "#c297ff", highContrastLight: "#5b1fa6", highContrast: "#d9b3ff" },
  },
  mixed: {
    id: "vetline.mixedForeground",
    defaults: { light: "#0969da", dark: "#79c0ff", highContrastLight: "#003e8c", highContrast: "#7fdbff" },
  },
  suspect_ai: {
    id: "vetline.suspectForeground",
    defaults: { light: "#9a6700", dark: "#e3b341", highContrastLight: "#6b4a00", highContrast: "#ffd75e" },
  },
};

const DIAMOND = "M8 2 14 8 8 14 2 8Z";
// The first line of a run: full, half full, and empty with a point in it.
const HEADS: Record<Touched, string> = {
  ai: `<path d="${DIAMOND}" fill="$"/>`,
  mixed: `<path d="${DIAMOND}" fill="none" stroke="$" stroke-width="1.5"/><path d="M8 2 2 8 8 14Z" fill="$"/>`,
  suspect_ai: `<path d="${DIAMOND}" fill="none" stroke="$" stroke-width="1.5" stroke-dasharray="3 1.5"/><circle cx="8" cy="8" r="1.6" fill="$"/>`,
};
// The lines below it: a line, a broken one, points.
const TAILS: Record<Touched, string> = {
  ai: '<path d="M8 0V16" stroke="$" stroke-width="3"/>',
  mixed: '<path d="M8 1V7M8 9V15" stroke="$" stroke-width="3"/>',
  suspect_ai: '<g fill="$"><circle cx="8" cy="4" r="1.5"/><circle cx="8" cy="12" r="1.5"/></g>',
};

/** A sign as SVG. */
export function sign(state: Touched, part: "head" | "tail", theme: Theme): string {
  const shape = (part === "head" ? HEADS : TAILS)[state].replaceAll("$", COLORS[state].defaults[theme]);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${shape}</svg>`;
}
