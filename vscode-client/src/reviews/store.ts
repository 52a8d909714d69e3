// The reviews of the workspace, as the server last listed them.
import * as vscode from "vscode";
import type { Host } from "../host";
import type { ReviewRow } from "../protocol";

const PAUSE = 200; // milliseconds in which several notices become one question

const shared = new WeakMap<Host, Reviews>();

/** The one store of a host. */
export function reviewsOf(host: Host): Reviews {
  let found = shared.get(host);
  if (!found) {
    found = new Reviews(host);
    shared.set(host, found);
  }
  return found;
}

/** Whether a person has something to decide, now or anew. */
export function waits(row: ReviewRow): boolean {
  return row.status === "pending" || row.status === "invalid";
}

export class Reviews implements vscode.Disposable {
  private readonly host: Host;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[];
  private rows: readonly ReviewRow[] = [];
  private due: NodeJS.Timeout | undefined;
  private asked = 0;

  /** What `all` gives may be another list now, or what a review is about may have changed. */
  readonly onDidChange = this.changed.event;

  constructor(host: Host) {
    this.host = host;
    this.disposables = [
      this.changed,
      host.onDidStart(() => void this.refresh()),
      host.onDidStop(() => this.take([])),
      host.onNotification("vetline/reviewsChanged", () => this.soon()),
    ];
    void this.refresh();
  }

  /** All reviews, oldest first. */
  get all(): readonly ReviewRow[] {
    return this.rows;
  }

  /** How many wait for a decision. */
  get waiting(): number {
    return this.rows.filter(waits).length;
  }

  /** Ask the server anew. */
  async refresh(): Promise<void> {
    clearTimeout(this.due);
    this.asked += 1;
    const turn = this.asked;
    const answer = await this.host.request<{ reviews: ReviewRow[] }>("workspace/executeCommand", {
      command: "vetline.listReviews",
      arguments: [{ quiet: true }],
    });
    if (answer && turn === this.asked) {
      this.take(answer.reviews);
    }
  }

  dispose(): void {
    clearTimeout(this.due);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private soon(): void {
    clearTimeout(this.due);
    this.due = setTimeout(() => void this.refresh(), PAUSE);
  }

  private take(rows: readonly ReviewRow[]): void {
    this.rows = rows;
    this.changed.fire();
  }
}
