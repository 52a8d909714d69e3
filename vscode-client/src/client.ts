// The one language client: starts its server, starts it again, and says when it is there.
import * as vscode from "vscode";
import {
  type CancellationToken,
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { Crashes } from "./crashes";
import type { Host } from "./host";
import { pour } from "./log";
import { passOn, SHOW } from "./messages";
import { type Level, sentence, shown, unlinked } from "./notify";
import { pending, within } from "./pending";
import { SELECTOR } from "./selector";
import type { Finder, Launch } from "./server";
import { forServer, SECTION, STARTS, settings } from "./settings";

const STARTING = 60_000; // milliseconds that a server has to answer
const STOPPING = 3_000; // milliseconds that it has to end

/** Where the environment of the server's process comes from beyond VS Code's own. */
export interface Environment {
  variables(): Promise<Record<string, string>>;
}

export class Service implements Host, vscode.Disposable {
  private readonly started = new vscode.EventEmitter<LanguageClient>();
  private readonly stopped = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [this.started, this.stopped];
  private readonly crashes = new Crashes();
  private readonly listeners = new Map<string, Set<(params: unknown) => void>>();
  private current: LanguageClient | undefined;
  private up = false;
  /** Starts and stops, one after the other. */
  private queue: Promise<void> = Promise.resolve();
  private launched: Launch | undefined;
  private readiness = pending();
  private middleware: Middleware = {};

  readonly onDidStart = this.started.event;
  readonly onDidStop = this.stopped.event;

  constructor(
    readonly log: vscode.LogOutputChannel,
    readonly serverLog: vscode.LogOutputChannel,
    private readonly finder: Finder,
    private readonly environment: Environment,
    private readonly keys: readonly string[],
  ) {
    this.subscriptions.push(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (STARTS.some((key) => event.affectsConfiguration(key))) {
          void this.restart("a setting changed");
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.restart("the workspace is trusted now")),
      finder.onDidChange(() => void this.enqueue(() => this.follow())),
    );
  }

  /** Resolves when the server answers; rejects with a sentence when it cannot be started. */
  ready(): Promise<void> {
    return this.readiness.promise;
  }

  client(): LanguageClient | undefined {
    return this.up ? this.current : undefined;
  }

  start(middleware: Middleware): Promise<void> {
    this.middleware = middleware;
    return this.enqueue(() => this.launch());
  }

  restart(why: string): Promise<void> {
    this.log.info(`restarting: ${why}`);
    this.crashes.forget();
    if (this.readiness.settled) {
      this.readiness = pending();
    }
    return this.enqueue(async () => {
      await this.halt();
      await this.launch();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.halt());
  }

  async request<Result>(method: string, params: unknown, token?: CancellationToken): Promise<Result | undefined> {
    const client = this.client();
    if (client === undefined) {
      return undefined;
    }
    try {
      return await client.sendRequest<Result>(method, params, token);
    } catch (error) {
      if (!(token?.isCancellationRequested ?? false)) {
        this.log.warn(`${method}: ${sentence(error)}`);
      }
      return undefined;
    }
  }

  onNotification<Params>(method: string, listener: (params: Params) => void): vscode.Disposable {
    const all = this.listeners.get(method) ?? new Set();
    if (!this.listeners.has(method)) {
      this.listeners.set(method, all);
      if (this.current !== undefined) {
        this.listen(this.current, method);
      }
    }
    const one = (params: unknown) => listener(params as Params);
    all.add(one);
    return new vscode.Disposable(() => all.delete(one));
  }

  say(level: Level, message: string): void {
    this.log[level === "warning" ? "warn" : level](message);
    if (shown(level, settings().showNotifications)) {
      void this.show(level, message);
    }
  }

  dispose(): void {
    void this.stop();
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.readiness.reject(error);
      if (!this.up) {
        this.stopped.fire(); // whoever waits for a server that there is not
      }
      this.say("error", sentence(error));
    });
    return this.queue;
  }

  private async launch(): Promise<void> {
    const own = settings();
    if (!own.enable) {
      this.log.info("vetline.enable is off: no server is started");
      this.readiness.reject(new Error("Vetline is turned off by the setting vetline.enable."));
      this.stopped.fire();
      return;
    }
    const found = await this.finder.find();
    this.launched = found;
    const env = { ...process.env, ...found.env, ...(await this.environment.variables()) };
    const client = new LanguageClient(
      SECTION,
      "Vetline",
      {
        command: found.command,
        args: [...found.args, "server", "--log-level", own.logLevel],
        options: { cwd: found.cwd, env },
      },
      this.options(),
    );
    this.current = client;
    client.onDidChangeState(({ newState }) => this.changed(client, newState));
    for (const method of this.listeners.keys()) {
      this.listen(client, method);
    }
    client.onNotification("window/showMessage", passOn(this.log));
    try {
      await within(STARTING, client.start(), `The server did not answer within ${STARTING / 1000} s.`);
    } catch (error) {
      await this.halt();
      throw error;
    }
    this.readiness.resolve();
  }

  /** Another interpreter may have been selected: that matters when the server is another one by it. */
  private async follow(): Promise<void> {
    if (settings().enable && !same(await this.finder.find(), this.launched)) {
      this.log.info("restarting: another interpreter was selected");
      await this.halt();
      await this.launch();
    }
  }

  private async halt(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    this.launched = undefined;
    this.lower();
    if (client !== undefined) {
      const child = client.serverProcess;
      try {
        await client.dispose(STOPPING);
      } catch (error) {
        this.log.warn(`the server did not stop by itself: ${sentence(error)}`);
        child?.kill();
      }
    }
  }

  private changed(client: LanguageClient, state: State): void {
    if (client !== this.current) {
      return;
    }
    if (state === State.Running) {
      this.up = true;
      void vscode.commands.executeCommand("setContext", "vetline.running", true);
      const info = client.initializeResult?.serverInfo;
      this.log.info(`running: ${info?.name ?? "server"} ${info?.version ?? ""}`);
      this.started.fire(client);
    } else if (state !== State.Starting || this.up) {
      this.lower();
    }
  }

  private lower(): void {
    if (this.up) {
      this.up = false;
      void vscode.commands.executeCommand("setContext", "vetline.running", false);
      this.stopped.fire();
    }
  }

  private listen(client: LanguageClient, method: string): void {
    client.onNotification(method, (params: unknown) => {
      for (const listener of this.listeners.get(method) ?? []) {
        listener(params);
      }
    });
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: SELECTOR,
      diagnosticCollectionName: SECTION,
      outputChannel: this.serverLog,
      stdioOptions: { stdout: pour, stderr: pour },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => forServer(this.keys),
      middleware: this.middleware,
      initializationFailedHandler: () => false, // who asked for the start says why there is none
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          if (this.crashes.again(Date.now())) {
            this.say("warning", "The server ended unexpectedly and is started again.");
            return { action: CloseAction.Restart, handled: true };
          }
          this.say("error", "The server ended unexpectedly too often and is not started again.");
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  private async show(level: Level, message: string): Promise<void> {
    const [restart, logs] = ["Restart", "Show Logs"];
    const chosen = await SHOW[level](unlinked(message), restart, logs);
    if (chosen === restart) {
      await this.restart("asked for");
    } else if (chosen === logs) {
      this.log.show();
    }
  }
}

function same(one: Launch, other: Launch | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
