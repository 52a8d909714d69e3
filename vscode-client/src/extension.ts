// Starts and stops the extension: makes the service and hands it to each part.
import * as vscode from "vscode";
import { Askpass } from "./askpass";
import { Service } from "./client";
import * as commands from "./commands";
import * as insertions from "./insertions/index";
import { composed, configuration } from "./middleware";
import * as origins from "./origins";
import * as posture from "./posture";
import * as reviews from "./reviews/index";
import { Finder } from "./server";
import { serverKeys } from "./settings";
import * as status from "./status";
import * as tree from "./tree";

/** What `activate` gives, for tests and other extensions. */
export interface Api {
  /** Resolves when the server answers; rejects with a sentence when it cannot be started. */
  ready(): Promise<void>;
}

let running: Service | undefined;

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("Vetline", { log: true });
  const serverLog = vscode.window.createOutputChannel("Vetline Server", { log: true });
  const askpass = new Askpass(context.extensionUri, log);
  const finder = new Finder(context.extensionUri, log);
  const keys = serverKeys(context.extension);
  const service = new Service(log, serverLog, finder, askpass, keys);
  context.subscriptions.push(log, serverLog, finder, askpass, service);
  for (const part of [commands, posture, origins, tree, status, reviews, insertions]) {
    part.register(context, service);
  }
  void service.start(
    composed(configuration(keys), askpass.middleware(), reviews.middleware(service), insertions.middleware(service)),
  );
  running = service;
  return { ready: () => service.ready() };
}

/** VS Code waits for it: the server ends before its window does. */
export async function deactivate(): Promise<void> {
  await running?.stop();
}
