// The tree of reviews: those that wait, those that no longer count, those that were decided.
import * as vscode from "vscode";
import type { ReviewRow, Status } from "../protocol";
import { visible } from "../words";
import { type Branch, group, tooltip } from "./branch";

const ICONS: Record<Status, string> = {
  pending: "comment-unresolved",
  approved: "pass",
  rejected: "error",
  withdrawn: "circle-slash",
  stale: "history",
  expired: "clock",
  invalid: "warning",
};
const GROUPS: { id: string; label: string; icon: string; isOpen: boolean; of: readonly Status[] }[] = [
  { id: "waiting", label: "Waiting", icon: "bell", isOpen: true, of: ["pending", "invalid"] },
  { id: "lapsed", label: "No Longer Valid", icon: "history", isOpen: true, of: ["stale", "expired"] },
  { id: "decided", label: "Decided", icon: "checklist", isOpen: false, of: ["approved", "rejected"] },
];

/** A review in the tree: what the menus of its row are told. */
export interface ReviewBranch extends Branch {
  readonly review: ReviewRow;
}

/** The groups that hold something, the latest review first. */
export function reviews(rows: readonly ReviewRow[]): Branch[] {
  return GROUPS.flatMap(({ id, label, icon, isOpen, of }) => {
    const found = rows.filter(({ status }) => of.includes(status)).toReversed();
    return found.length ? [group(`reviews.${id}`, label, new vscode.ThemeIcon(icon), found.map(branch), isOpen)] : [];
  });
}

function branch(review: ReviewRow): ReviewBranch {
  const { start, end } = review.lines;
  const place = review.package ?? `${review.path}:${start === end ? start : `${start}-${end}`}`;
  const label = visible(review.package ?? (review.symbol || place));
  const state = `${review.status}${review.by ? ` · ${review.by}` : ""}`;
  const item = new vscode.TreeItem(label);
  item.id = `review.${review.id}`;
  item.description = visible(review.symbol ? `${place} · ${state}` : state);
  item.tooltip = tooltip(
    visible(`${place} · ${state}`),
    visible(review.why),
    visible(review.note, 1000),
    visible(review.rules.join(", ")),
  );
  item.iconPath = new vscode.ThemeIcon(ICONS[review.status] ?? "question");
  item.contextValue = `review.${review.status}`;
  item.command = { title: "Open Review", command: "vetline.openReview", arguments: [{ request: review.id }] };
  item.accessibilityInformation = { label: visible(`Review of ${label}, ${state}, ${place}`) };
  return { item, review };
}
