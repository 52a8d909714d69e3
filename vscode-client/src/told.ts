// Which settings the server is told; knows nothing of VS Code.

/** A value as JSON has it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Told = Record<string, Json>;

/** The extension's own settings: the server does not know them and would say so. */
export const OWN: ReadonlySet<string> = new Set([
  "enable",
  "path",
  "interpreter",
  "importStrategy",
  "showNotifications",
  "origins.show",
  "lenses.show",
  "trace.server",
  "logLevel",
]);

/** What VS Code knows of a setting: the value at each level where somebody set it. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** The settings that somebody set, by the nearest level; those of a table in an object of its own. */
export function told(keys: readonly string[], inspect: (key: string) => Inspected | undefined): Told {
  const all: Told = {};
  for (const key of keys) {
    const known = inspect(key);
    const value = known?.workspaceFolderValue ?? known?.workspaceValue ?? known?.globalValue;
    if (value === undefined || value === null) {
      continue;
    }
    const [table, name] = key.split(".", 2) as [string, string | undefined];
    if (name === undefined) {
      all[table] = value as Json;
    } else {
      all[table] = { ...(all[table] as Told | undefined), [name]: value as Json };
    }
  }
  return all;
}
