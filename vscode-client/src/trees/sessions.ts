// The tree of conversations with agents and the files in which something of them is still there.
import * as vscode from "vscode";
import type { Session } from "../protocol";
import { count, minute, person, visible } from "../words";
import { type Branch, tooltip } from "./branch";

/** A session in the tree: what the menus of its row are told. */
export interface SessionBranch extends Branch {
  readonly session: Session;
}

/** A row each, in the server's order, which is the newest first. */
export function sessions(found: readonly Session[]): Branch[] {
  return found.map(branch);
}

function branch(session: Session): SessionBranch {
  const label = visible([session.agent || "unknown agent", session.model].filter(Boolean).join(" "));
  const about = [count(session.lines, "line"), minute(session.last), person(session.human)].filter(Boolean).join(" · ");
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `session.${session.agent}.${session.session}`;
  item.description = about;
  item.iconPath = new vscode.ThemeIcon("comment-discussion");
  item.contextValue = "session";
  item.tooltip = tooltip(
    `${label} · ${about}`,
    `Session ${visible(session.session)}`,
    `From ${minute(session.first)} to ${minute(session.last)} · ${count(session.prompts, "prompt")}`,
  );
  item.accessibilityInformation = { label: `Session of ${label}, ${about}` };
  return { item, session, children: session.files.map((file) => fileOf(session, file)) };
}

function fileOf(session: Session, file: Session["files"][number]): Branch {
  const uri = vscode.Uri.parse(file.uri);
  const item = new vscode.TreeItem(visible(file.path));
  item.id = `session.${session.agent}.${session.session}.${file.uri}`;
  item.description = count(file.lines, "line");
  item.iconPath = vscode.ThemeIcon.File;
  item.command = { title: "Open", command: "vscode.open", arguments: [uri] };
  item.tooltip = tooltip(visible(file.path), item.description);
  return { item };
}
