// Where ssh-keygen's questions come in: a private folder with a socket, a token and the program that asks there.
// Knows nothing of VS Code.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** Milliseconds that a question waits; the server of the language gives up after two minutes. */
const PATIENCE = 110_000;
const MOST = 4_096; // bytes of a question
const LONGEST = 300; // characters of it that are shown

/** What OpenSSH says with SSH_ASKPASS_PROMPT: it wants an answer, a yes, or only tells something until it is done. */
export type Kind = "" | "confirm" | "none";
/** Gives the answer, or undefined for none; `over` when nobody waits for it any more. */
export type Ask = (question: string, kind: Kind, over: AbortSignal) => Promise<string | undefined>;

interface Asked {
  readonly token: string;
  readonly question: string;
  readonly kind: Kind;
}

/** Takes questions of this computer's own user, one at a time, while somebody signs. */
export class Questions {
  private readonly token = randomBytes(32).toString("hex");
  private readonly server: Server;
  private folder: Promise<string> | undefined;
  private signing = 0;
  private busy = false;

  /**
   * @param main the program that asks, run by `runtime`
   * @param runtime node, or an Electron that can be one
   * @param patience milliseconds that a question waits
   */
  constructor(
    private readonly main: string,
    private readonly ask: Ask,
    private readonly runtime: string = process.execPath,
    private readonly patience: number = PATIENCE,
  ) {
    this.server = createServer((socket) => this.take(socket));
  }

  /** The program to name in SSH_ASKPASS. */
  async program(): Promise<string> {
    this.folder ??= this.open();
    return path.join(await this.folder, "askpass");
  }

  /** Questions that come while `work` runs are asked; others are refused. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.signing += 1;
    try {
      return await work();
    } finally {
      this.signing -= 1;
    }
  }

  async close(): Promise<void> {
    this.server.close();
    if (this.folder !== undefined) {
      await rm(await this.folder, { recursive: true, force: true });
    }
  }

  private async open(): Promise<string> {
    const folder = await mkdtemp(path.join(process.env.XDG_RUNTIME_DIR || tmpdir(), "vetline-")); // it is ours alone
    const words = [this.runtime, this.main, folder].map(quoted).join(" ");
    await writeFile(path.join(folder, "token"), this.token, { mode: 0o600 });
    const script = `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${words} "$@"\n`;
    await writeFile(path.join(folder, "askpass"), script, { mode: 0o700 });
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject).listen(path.join(folder, "socket"), resolve);
    });
    this.server.unref();
    return folder;
  }

  private take(socket: Socket): void {
    const over = new AbortController();
    let heard = "";
    const timer = setTimeout(() => socket.destroy(), this.patience);
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(timer);
      over.abort();
    });
    const listen = (chunk: string): void => {
      heard += chunk;
      if (heard.length > MOST) {
        socket.destroy();
      } else if (heard.includes("\n")) {
        socket.off("data", listen);
        socket.resume(); // so that its end is noticed
        void this.answer(socket, heard, over.signal);
      }
    };
    socket.on("data", listen);
  }

  private async answer(socket: Socket, heard: string, over: AbortSignal): Promise<void> {
    const asked = read(heard);
    if (asked === undefined || !same(asked.token, this.token) || this.signing === 0 || this.busy) {
      socket.destroy();
      return;
    }
    this.busy = true;
    try {
      const answer = await this.ask(shown(asked.question), asked.kind, over);
      socket.end(answer === undefined ? "" : `${JSON.stringify({ answer })}\n`);
    } catch {
      socket.destroy();
    } finally {
      this.busy = false;
    }
  }
}

function read(line: string): Asked | undefined {
  try {
    const { token, question, kind } = JSON.parse(line) as Record<string, unknown>;
    if (typeof token === "string" && typeof question === "string") {
      return { token, question, kind: kind === "confirm" || kind === "none" ? kind : "" };
    }
  } catch {
    // whoever it is does not speak as our program does
  }
  return undefined;
}

function same(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A question as a person may see it: a key's path is anybody's text. */
function shown(question: string): string {
  return question
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .slice(0, LONGEST);
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
