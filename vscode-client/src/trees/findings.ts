// The tree of what was found, by severity.
import * as vscode from "vscode";
import { type Sighting, sightings } from "../diagnostics";
import { grouped } from "../grouped";
import { visible } from "../words";
import { type Branch, group, tooltip } from "./branch";
import { KINDS, type KindId, kindOf } from "./kinds";

const COLORS: Partial<Record<KindId, string>> = {
  critical: "list.errorForeground",
  high: "list.errorForeground",
  medium: "list.warningForeground",
};

/** A finding in the tree: what the menus of its row are told. */
export interface FindingBranch extends Branch {
  readonly sighting: Sighting;
}

/** The groups that hold something. */
export function findings(): Branch[] {
  const inOrder = sightings().sort(
    (a, b) => a.uri.path.localeCompare(b.uri.path) || a.diagnostic.range.start.compareTo(b.diagnostic.range.start),
  );
  const byKind = grouped(inOrder, ({ rule, data, diagnostic }) =>
    kindOf(rule, data.severity, diagnostic.severity === vscode.DiagnosticSeverity.Hint),
  );
  return Object.values(KINDS).flatMap(({ id, label, isOpen }) => {
    const rows = byKind.get(id)?.map((sighting) => row(id, sighting));
    return rows ? [group(`findings.${id}`, label, icon(id), rows, isOpen)] : [];
  });
}

function icon(kind: KindId): vscode.ThemeIcon {
  const color = COLORS[kind];
  return new vscode.ThemeIcon(KINDS[kind].icon, color ? new vscode.ThemeColor(color) : undefined);
}

function row(kind: KindId, sighting: Sighting): FindingBranch {
  const { uri, diagnostic, rule, data } = sighting;
  const line = diagnostic.range.start.line + 1;
  const place = `${visible(vscode.workspace.asRelativePath(uri))}:${line}`;
  const message = visible(diagnostic.message);
  // The place first: a message is long, and what is behind it would not be seen.
  const item = new vscode.TreeItem(`${visible(uri.path.slice(uri.path.lastIndexOf("/") + 1))}:${line}`);
  item.description = message;
  item.tooltip = tooltip(visible(diagnostic.message, 2000), `${visible(rule)} · ${place}`);
  item.iconPath = icon(kind);
  item.contextValue = data.fingerprint ? "finding" : "fault";
  item.command = { title: "Open", command: "vscode.open", arguments: [uri, { selection: diagnostic.range }] };
  item.accessibilityInformation = { label: `${KINDS[kind].label}: ${message}, ${place}` };
  return { item, sighting };
}
