// Markup in which nothing that comes from outside can be markup.

/** Markup that was made here. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | false | null | undefined | readonly Part[];

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A template whose values are escaped, unless this very function made them; attributes must stand in quotes. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.reduce((all, text, index) => all + shown(parts[index - 1]) + text));
}

function shown(part: Part): string {
  if (part instanceof Markup) {
    return part.text;
  }
  if (typeof part === "string" || typeof part === "number") {
    return String(part).replace(/[&<>"']/g, (mark) => ENTITIES[mark] as string);
  }
  return part ? part.map(shown).join("") : "";
}
