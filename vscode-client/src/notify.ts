// What is shown to the person, what only stands in the log; knows nothing of VS Code.

export type Level = "info" | "warning" | "error";
/** The values of the setting `vetline.showNotifications`. */
export type Notifications = "off" | "onError" | "onWarning" | "always";

const LOUD: ReadonlyMap<string, readonly Level[]> = new Map<Notifications, readonly Level[]>([
  ["onError", ["error"]],
  ["onWarning", ["error", "warning"]],
  ["always", ["error", "warning", "info"]],
]);

/** Whether a message of this level is shown under the setting; whatever is no value of it counts as "off". */
export function shown(level: Level, setting: string): boolean {
  return LOUD.get(setting)?.includes(level) ?? false;
}

/** A message as VS Code shows it: links in it would be live, those that run commands, too, and names in it are anybody's. */
export function unlinked(message: string): string {
  return message.replaceAll("](", "] (");
}

/** What went wrong in one line, without a stack. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}
