// How the server's log becomes lines of an output channel, each with its level; knows nothing of VS Code.
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** As much of `vscode.LogOutputChannel` as it takes. */
export interface Sink {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

// As `vetline server` writes it: the time, the level, who, what.
const LINE = /^\d{4}-\d\d-\d\d [\d:,]+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;
const LEVELS: Readonly<Record<string, keyof Sink>> = { DEBUG: "debug", INFO: "info", WARNING: "warn" };

/** Write what comes from `stream` into `sink`, line by line. What has no level is an error's: a traceback, a crash. */
export function pour(stream: Readable, sink: Sink): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
    const [, level, text] = LINE.exec(line) ?? [];
    sink[LEVELS[level ?? ""] ?? "error"](text ?? line);
  });
}
