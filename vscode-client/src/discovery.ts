// Which server is run and why; knows nothing of VS Code and touches no disk.
import { delimiter } from "node:path";

/** The oldest server this extension can work with: it has all that docs/protocol.md calls version 1. */
export const OLDEST: Version = [0, 1, 0];
/** The oldest Python that the bundled server runs on. */
export const OLDEST_PYTHON: Version = [3, 11, 0];

export type Version = readonly [number, number, number];

/** A program that may be the server. */
export interface Candidate {
  /** Where it comes from, as the log says it: "the setting vetline.path". */
  readonly from: string;
  readonly command: string;
  /** Words before `server`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What is known of the machine; each finds programs and runs none of them. */
export interface World {
  /** The workspace is trusted: what lies in it may be run. */
  readonly trusted: boolean;
  readonly path: string;
  readonly useBundled: boolean;
  /** Interpreters of the project's environment, the likeliest first. */
  interpreters(): Promise<Named[]>;
  /** Interpreters that can run the bundled server, each with the folders of its packages; none where none is bundled. */
  pythons(): Promise<Able[]>;
  /** The program of this name on PATH, outside of the workspace. */
  onPath(name: string): Promise<string | undefined>;
}

/** An interpreter and who says that it is one. */
export interface Named {
  readonly command: string;
  readonly args?: readonly string[];
  readonly from: string;
}

/** An interpreter and what it imports of ours. */
export interface Able extends Named {
  readonly libs: readonly string[];
}

/** -I: neither the folder we stand in nor the environment says what is imported. */
const ISOLATED = ["-I", "-m", "vetline"];
/** The same for a server that PYTHONPATH has to name, in the processes that it starts as well. */
const BUNDLED = ["-P", "-s", "-m", "vetline"];

/** The programs that may be the server, in the order in which they are tried. */
export async function* candidates(world: World): AsyncGenerator<Candidate> {
  if (world.trusted) {
    if (world.path !== "") {
      yield { from: "the setting vetline.path", command: world.path, args: [] };
      return;
    }
    if (!world.useBundled) {
      for (const python of await world.interpreters()) {
        yield { ...python, args: [...(python.args ?? []), ...ISOLATED] };
      }
      const found = await world.onPath("vetline");
      if (found !== undefined) {
        yield { from: "PATH", command: found, args: [] };
      }
    }
  }
  for (const { libs, args, command, from } of await world.pythons()) {
    yield {
      from: `this extension, run by ${from}`,
      command,
      args: [...(args ?? []), ...BUNDLED],
      env: { PYTHONPATH: libs.join(delimiter) },
    };
  }
}

/** What a candidate said to `--version`: its version, or why it is none. */
export type Said = { readonly version: Version } | { readonly fault: string };

export interface Found {
  readonly candidate: Candidate;
  readonly version: Version;
}

/**
 * The first candidate that is a server we can work with.
 *
 * @param probe runs `--version`
 * @param tell is told of each that is passed over, one line
 * @returns it, or undefined when there is none
 */
export async function first(
  all: AsyncIterable<Candidate>,
  probe: (candidate: Candidate) => Promise<Said>,
  tell: (line: string) => void,
): Promise<Found | undefined> {
  for await (const candidate of all) {
    const said = await probe(candidate);
    if ("fault" in said) {
      tell(`no server from ${candidate.from} (${candidate.command}): ${said.fault}`);
    } else if (older(said.version, OLDEST)) {
      tell(`the server from ${candidate.from} is ${said.version.join(".")}; ${OLDEST.join(".")} is needed`);
    } else {
      return { candidate, version: said.version };
    }
  }
  return undefined;
}

/** The version in what `vetline --version` or `python --version` prints. */
export function parse(text: string): Version | undefined {
  const match = /^(?:vetline|Python) (\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?/m.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether `one` comes before `other`. */
export function older(one: Version, other: Version): boolean {
  for (const [index, number] of one.entries()) {
    const against = other[index] ?? 0;
    if (number !== against) {
      return number < against;
    }
  }
  return false;
}

/** A sentence for a person when no server was found. */
export function missing(world: Pick<World, "trusted" | "path">, bundled: boolean): string {
  if (world.trusted && world.path !== "") {
    return `The setting vetline.path names ${world.path}, which is no Vetline server. The log says why.`;
  }
  if (bundled) {
    return `Vetline needs Python ${OLDEST_PYTHON.slice(0, 2).join(".")} or newer, and none was found. Install it, or name one in the setting vetline.interpreter.`;
  }
  const how = "Install it with `pip install vetline`, or name it in the setting vetline.path.";
  return world.trusted
    ? `No Vetline server was found. ${how}`
    : `This build brings no server, and none of the workspace is run until you trust it. ${how}`;
}
