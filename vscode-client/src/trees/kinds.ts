// The groups that findings are shown in; knows nothing of VS Code.
/** A group: its id, what people call it, its icon among VS Code's, and whether it is open at first. */
export interface Kind {
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  readonly isOpen: boolean;
}

/** In the order in which they are shown. Each has an icon of its own, so that no colour is needed to tell them apart. */
export const KINDS = {
  critical: { id: "critical", label: "Critical", icon: "flame", isOpen: true },
  high: { id: "high", label: "High", icon: "error", isOpen: true },
  medium: { id: "medium", label: "Medium", icon: "warning", isOpen: true },
  low: { id: "low", label: "Low", icon: "info", isOpen: true },
  info: { id: "info", label: "Information", icon: "lightbulb", isOpen: true },
  trigger: { id: "trigger", label: "For a Person to Look At", icon: "eye", isOpen: true },
  unchecked: { id: "unchecked", label: "Not Checked", icon: "question", isOpen: true },
  outside: { id: "outside", label: "Outside the Scope", icon: "circle-slash", isOpen: false },
} as const satisfies Record<string, Kind>;

export type KindId = keyof typeof KINDS;

/** The group of a diagnostic of ours. */
export function kindOf(rule: string, severity: string | undefined, isHint: boolean): KindId {
  if (rule === "gate/not-checked" || rule === "config") {
    return "unchecked";
  }
  if (isHint) {
    return "outside";
  }
  if (rule.startsWith("trigger/")) {
    return "trigger";
  }
  switch (severity) {
    case "critical":
    case "high":
    case "medium":
    case "low":
      return severity;
    default:
      return "info";
  }
}
