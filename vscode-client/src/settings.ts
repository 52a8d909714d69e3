// The settings that are the extension's alone, and the configuration as the server is to see it.
import * as vscode from "vscode";
import type { Notifications } from "./notify";
import { OWN, type Told, told } from "./told";

export type ImportStrategy = "fromEnvironment" | "useBundled";
export const SECTION = "vetline";

/** Which of the extension's own settings decide how the server is started. */
export const STARTS = ["enable", "path", "interpreter", "importStrategy", "logLevel"].map((key) => `${SECTION}.${key}`);

export interface Settings {
  readonly enable: boolean;
  readonly path: string;
  readonly interpreter: string;
  readonly importStrategy: ImportStrategy;
  readonly showNotifications: Notifications;
  readonly logLevel: string;
}

/** The extension's own settings as they hold for `scope`. */
export function settings(scope?: vscode.ConfigurationScope): Settings {
  const section = vscode.workspace.getConfiguration(SECTION, scope);
  return {
    enable: section.get("enable", true),
    path: section.get("path", ""),
    interpreter: section.get("interpreter", ""),
    importStrategy: section.get<ImportStrategy>("importStrategy", "fromEnvironment"),
    showNotifications: section.get<Notifications>("showNotifications", "off"),
    logLevel: section.get("logLevel", "warning"),
  };
}

/**
 * What the server is told when it asks for the section `vetline`: only what somebody set. A default of ours would
 * go above the project's vetline.toml.
 */
export function forServer(keys: readonly string[], scope?: vscode.ConfigurationScope): Told {
  const section = vscode.workspace.getConfiguration(SECTION, scope);
  return told(keys, (key) => section.inspect(key));
}

/** The keys under `vetline.` that the extension's package.json contributes for the server. */
export function serverKeys(extension: vscode.Extension<unknown>): string[] {
  const manifest = extension.packageJSON as {
    contributes: { configuration: { properties: Record<string, unknown> }[] };
  };
  return manifest.contributes.configuration
    .flatMap((part) => Object.keys(part.properties))
    .map((key) => key.slice(SECTION.length + 1))
    .filter((key) => !OWN.has(key));
}
