// What stands between VS Code and the client: a part's own, one after another, and what all need.
import * as vscode from "vscode";
import type { ConfigurationParams, Middleware } from "vscode-languageclient/node";
import { forServer, SECTION } from "./settings";

/** The parts' middlewares and `core` as one. No two of them may stand at the same place. */
export function composed(core: Middleware, ...parts: Middleware[]): Middleware {
  const all: Record<string, unknown> = {};
  for (const part of [core, ...parts]) {
    for (const [place, hook] of Object.entries(part)) {
      if (place in all) {
        throw new Error(`two parts of the extension stand at ${place}`);
      }
      all[place] = hook;
    }
  }
  return all as Middleware;
}

/** Answers the server's questions for settings; `keys` are those it knows. */
export function configuration(keys: readonly string[]): Middleware {
  const answer = (params: ConfigurationParams): unknown[] =>
    params.items.map((item) => {
      if (item.section !== SECTION) {
        return null;
      }
      return forServer(keys, item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri));
    });
  return { workspace: { configuration: answer } };
}
