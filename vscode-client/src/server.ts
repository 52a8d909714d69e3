// Finds the server to run: what discovery.ts needs to know of this machine and of VS Code.
import { execFile } from "node:child_process";
import { access, constants, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import {
  type Able,
  type Candidate,
  candidates,
  first,
  missing,
  type Named,
  parse,
  type Said,
  type World,
} from "./discovery";
import { Interpreters } from "./interpreters";
import { settings } from "./settings";

const PATIENCE = 15_000; // milliseconds that a program has to say its version
const LIBS = "libs"; // of the bundled server, for every Python; beside it cp311 and its like have what is for one
const WINDOWS = process.platform === "win32";
const PYTHONS = WINDOWS
  ? ["py", "python"]
  : ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];

/** How to start the server: words before `server`, and where it stands. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A program of a person's environment. */
export class Finder implements vscode.Disposable {
  private readonly interpreters: Interpreters;
  readonly onDidChange: vscode.Event<void>;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.interpreters = new Interpreters(log);
    this.onDidChange = this.interpreters.onDidChange;
  }

  dispose(): void {
    this.interpreters.dispose();
  }

  /**
   * The server to run.
   *
   * @throws Error with a sentence for a person when there is none
   */
  async find(): Promise<Launch> {
    const world = this.world();
    const passed: string[] = [];
    const found = await first(
      candidates(world),
      (candidate) => this.probe(candidate),
      (line) => passed.push(line),
    );
    for (const line of passed) {
      this.log.info(line);
    }
    if (found === undefined) {
      const sentence = missing(world, await this.bundled());
      throw new Error([sentence, ...passed].join("\n"));
    }
    const { candidate, version } = found;
    this.log.info(
      `the server is ${version.join(".")} from ${candidate.from}: ${candidate.command} ${candidate.args.join(" ")}`,
    );
    return { command: candidate.command, args: candidate.args, env: candidate.env ?? {}, cwd: this.extension.fsPath };
  }

  private world(): World {
    const own = settings();
    const trusted = vscode.workspace.isTrusted;
    const given =
      own.interpreter === "" ? [] : [{ command: expanded(own.interpreter), from: "the setting vetline.interpreter" }];
    return {
      trusted,
      path: own.path === "" ? "" : expanded(own.path),
      useBundled: own.importStrategy === "useBundled",
      interpreters: async () => (given.length > 0 ? given : this.interpreters.all()),
      pythons: () => this.pythons(given),
      onPath,
    };
  }

  /** Whether this build brings a server. */
  private bundled(): Promise<boolean> {
    return exists(path.join(this.libs(LIBS), "vetline", "__main__.py"));
  }

  private libs(name: string): string {
    return vscode.Uri.joinPath(this.extension, "bundled", name).fsPath;
  }

  /** Interpreters for the bundled server; while the workspace is not trusted, none that somebody selected for it. */
  private async pythons(given: readonly Named[]): Promise<Able[]> {
    if (!(await this.bundled())) {
      return [];
    }
    const found: Named[] = [];
    for (const one of given) {
      const command = /[\\/]/.test(one.command) ? one.command : await onPath(one.command);
      if (command !== undefined && (vscode.workspace.isTrusted || !(await isWithin(command, folders())))) {
        found.push({ ...one, command });
      }
    }
    if (vscode.workspace.isTrusted) {
      found.push(...(await this.interpreters.all()));
    }
    for (const name of PYTHONS) {
      const command = await onPath(name);
      if (command !== undefined) {
        found.push({ command, from: `${name} on PATH` });
      }
    }
    for (const python of found) {
      const said = await this.ask(python.command, ["--version"]);
      if (!("version" in said)) {
        this.log.info(`${python.from} (${python.command}) is no Python: ${said.fault}`);
        continue;
      }
      const [major, minor] = said.version;
      const own = this.libs(`cp${major}${minor}`);
      if (await exists(own)) {
        return [{ ...python, libs: [this.libs(LIBS), own] }];
      }
      this.log.info(`${python.from} is Python ${major}.${minor}, which this build has no packages for`);
    }
    return [];
  }

  private probe(candidate: Candidate): Promise<Said> {
    return this.ask(candidate.command, [...candidate.args, "--version"], candidate.env);
  }

  /** Runs a program that only says its version. It stands in our own folder, not in the workspace. */
  private ask(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
    return new Promise((resolve) => {
      execFile(
        command,
        args,
        { cwd: this.extension.fsPath, env: { ...process.env, ...env }, timeout: PATIENCE, windowsHide: true },
        (error, stdout, stderr) => {
          const version = error === null ? parse(`${stdout}\n${stderr}`) : undefined;
          resolve(version !== undefined ? { version } : { fault: fault(error, stderr) });
        },
      );
    });
  }
}

function fault(error: Error | null, stderr: string): string {
  const last = stderr.trim().split("\n").at(-1) ?? "";
  return (last || error?.message.split("\n", 1)[0] || "it does not say its version").slice(0, 300);
}

/** The program of that name on PATH; none of a workspace that is not trusted, none relative to where we stand. */
async function onPath(name: string): Promise<string | undefined> {
  const suffixes = WINDOWS ? [".exe"] : [""];
  const inside = vscode.workspace.isTrusted ? [] : folders();
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    if (!path.isAbsolute(folder)) {
      continue;
    }
    for (const suffix of suffixes) {
      const file = path.join(folder, name + suffix);
      if ((await exists(file, constants.X_OK)) && !(await isWithin(file, inside))) {
        return file;
      }
    }
  }
  return undefined;
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}

/** Whether a file lies in one of the folders, by its own path or where its links lead; one that cannot be seen may. */
async function isWithin(file: string, inside: readonly string[]): Promise<boolean> {
  try {
    const places = [path.resolve(file), await realpath(file)];
    const roots = [...inside, ...(await Promise.all(inside.map(resolved)))];
    return roots.some((root) => places.some((place) => within(root, place)));
  } catch {
    return true;
  }
}

/** Where a folder is; one that is on no disk is where it says. */
async function resolved(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    return folder;
  }
}

function within(root: string, place: string): boolean {
  const way = path.relative(root, place);
  return way === "" || !(way === ".." || way.startsWith(`..${path.sep}`) || path.isAbsolute(way));
}

async function exists(file: string, mode = constants.F_OK): Promise<boolean> {
  try {
    await access(file, mode);
    return true;
  } catch {
    return false;
  }
}

/** A path as people write it in settings: `~` is their folder, and a relative one is under the first workspace folder. */
function expanded(file: string): string {
  const written = file.replace(/^~(?=$|[\\/])/, homedir());
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  return path.isAbsolute(written) || root === undefined || !/[\\/]/.test(written) ? written : path.join(root, written);
}
