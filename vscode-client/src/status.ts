// The language status: whether the server is there, how many lines of the file an AI touched, what waits for a person.
import * as vscode from "vscode";
import type { Host } from "./host";
import { originsOf } from "./provenance";
import { reviewsOf } from "./reviews/store";
import { tally } from "./runs";
import { SELECTOR } from "./selector";
import { count } from "./words";

const START = 20_000; // milliseconds after which a server that is not there is not awaited any more

/** Show the three items, and keep them up to date. */
export function register(context: vscode.ExtensionContext, host: Host): void {
  const items = [new State(host), new Lines(host), new Pending(host)];
  context.subscriptions.push(...items);
}

/** An item that shows anew whenever one of its events fires. */
abstract class Item implements vscode.Disposable {
  protected readonly item: vscode.LanguageStatusItem;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(id: string, name: string) {
    this.item = vscode.languages.createLanguageStatusItem(`vetline.${id}`, SELECTOR);
    this.item.name = name;
  }

  dispose(): void {
    vscode.Disposable.from(this.item, ...this.subscriptions).dispose();
  }

  protected follow(...disposables: vscode.Disposable[]): void {
    this.subscriptions.push(...disposables);
  }

  protected say(text: string, detail: string): void {
    this.item.text = text;
    this.item.detail = detail;
    this.item.accessibilityInformation = { label: `Vetline: ${text.replace(/\$\([^)]*\)\s*/g, "")}. ${detail}` };
  }
}

class State extends Item {
  private readonly host: Host;
  private isStarting = true;

  constructor(host: Host) {
    super("state", "Vetline: server");
    this.host = host;
    this.item.command = { title: "Show Logs", command: "vetline.showLogs" };
    const patience = setTimeout(() => this.settle(), START);
    this.follow(
      new vscode.Disposable(() => clearTimeout(patience)),
      host.onDidStart(() => this.settle()),
      host.onDidStop(() => this.settle()),
      host.onNotification<{ state: string }>("vetline/status", ({ state }) => this.show(state === "busy")),
    );
    this.show(false);
  }

  private settle(): void {
    this.isStarting = false;
    this.show(false);
  }

  private show(isBusy: boolean): void {
    const isUp = this.host.client() !== undefined;
    this.item.busy = isBusy || (this.isStarting && !isUp);
    if (this.isStarting && !isUp) {
      this.say("Vetline is starting", "");
      return;
    }
    this.item.severity = isUp ? vscode.LanguageStatusSeverity.Information : vscode.LanguageStatusSeverity.Warning;
    this.say(isUp ? "$(shield) Vetline" : "$(warning) Vetline is not running", isUp ? this.version() : "");
  }

  private version(): string {
    return this.host.client()?.initializeResult?.serverInfo?.version ?? "";
  }
}

class Lines extends Item {
  constructor(host: Host) {
    super("lines", "Vetline: lines an AI touched");
    this.item.command = { title: "Show or Hide Signs", command: "vetline.toggleOrigins" };
    const origins = originsOf(host);
    const show = () => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      const lines = uri && origins.of(uri);
      if (!lines) {
        this.say("Origins not known yet", "");
        return;
      }
      const { ai, mixed, suspect, all } = tally(lines);
      const more = [mixed && `${mixed} partly`, suspect && `${suspect} perhaps`].filter(Boolean).join(", ");
      this.say(`${ai} of ${count(all, "line")} by an AI`, more);
    };
    this.follow(origins.onDidChange(show), vscode.window.onDidChangeActiveTextEditor(show));
    show();
  }
}

class Pending extends Item {
  constructor(host: Host) {
    super("pending", "Vetline: reviews");
    this.item.command = { title: "Show Reviews", command: "vetline.reviews.focus" };
    const reviews = reviewsOf(host);
    const show = () => {
      const { waiting } = reviews;
      this.say(waiting ? `${count(waiting, "review")} waiting` : "No review waits", "");
    };
    this.follow(reviews.onDidChange(show));
    show();
  }
}
