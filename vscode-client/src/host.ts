// What the parts of the extension share: the one language client, its log, and how to ask the server.
import type { CancellationToken, Disposable, Event, LogOutputChannel } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** What stands between the parts of the extension and the server. */
export interface Host {
  readonly log: LogOutputChannel;
  /** The client while its server runs; undefined before, between and after. */
  client(): LanguageClient | undefined;
  /** Each time a server is up (the first time, and after each restart). */
  readonly onDidStart: Event<LanguageClient>;
  /** Each time it is gone: stopped, crashed, or about to be restarted. */
  readonly onDidStop: Event<void>;
  /** A request of docs/protocol.md; undefined when no server runs or it answers with an error (which is logged). */
  request<Result>(method: string, params: unknown, token?: CancellationToken): Promise<Result | undefined>;
  /** Listen to a notification of docs/protocol.md, across restarts. */
  onNotification<Params>(method: string, listener: (params: Params) => void): Disposable;
  /** Say something to the person as `vetline.showNotifications` allows; always into the log. */
  say(level: "info" | "warning" | "error", message: string): void;
}
