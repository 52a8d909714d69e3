import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { type Ask, Questions } from "../src/questions";

const MAIN = path.resolve("dist/askpass.js");

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Run the program as ssh-keygen does. */
function run(program: string, question: string, kind?: string): Promise<Ran> {
  const env = kind === undefined ? process.env : { ...process.env, SSH_ASKPASS_PROMPT: kind };
  return new Promise((resolve) => {
    const child = execFile(program, [question], { timeout: 30_000, env }, (error, out) => {
      resolve({ code: error === null ? 0 : (child.exitCode ?? -1), out });
    });
  });
}

async function using(ask: Ask, work: (questions: Questions, program: string) => Promise<void>, patience = 30_000) {
  const questions = new Questions(MAIN, ask, process.execPath, patience);
  try {
    await work(questions, await questions.program());
  } finally {
    await questions.close();
  }
}

/** Says a line at the socket and gives what comes back until it is closed. */
async function say(program: string, line: string): Promise<string> {
  const socket = connect(path.join(path.dirname(program), "socket"));
  let heard = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    heard += chunk;
  });
  socket.on("error", () => undefined);
  socket.write(line);
  await once(socket, "close");
  return heard;
}

test("the answer goes to who asked", async () => {
  const asked: string[] = [];
  const ask: Ask = async (question, kind) => {
    asked.push(`${kind}|${question}`);
    return "it's a pass\\phrase";
  };
  await using(ask, async (questions, program) => {
    const ran = await questions.during(() => run(program, "Enter passphrase for key '/x y':\u001b[2J\n "));
    assert.deepEqual(ran, { code: 0, out: "it's a pass\\phrase\n" });
    assert.deepEqual(asked, ["|Enter passphrase for key '/x y': [2J"]);
  });
});

test("no answer is no success", async () => {
  await using(
    async () => undefined,
    async (questions, program) => {
      assert.deepEqual(await questions.during(() => run(program, "Passphrase?")), { code: 1, out: "" });
    },
  );
});

test("nothing is asked when nobody signs", async () => {
  let asked = 0;
  const ask: Ask = async () => {
    asked += 1;
    return "secret";
  };
  await using(ask, async (questions, program) => {
    assert.equal((await run(program, "Passphrase?")).code, 1);
    await questions.during(async () => undefined);
    assert.equal((await run(program, "Passphrase?")).code, 1);
    assert.equal(asked, 0);
  });
});

test("one question at a time", async () => {
  const asked: string[] = [];
  let program = "";
  const ask: Ask = async (question) => {
    asked.push(question);
    assert.equal((await run(program, "second?")).code, 1);
    return "one";
  };
  await using(ask, async (questions, named) => {
    program = named;
    assert.deepEqual(await questions.during(() => run(program, "first?")), { code: 0, out: "one\n" });
  });
  assert.deepEqual(asked, ["first?"]);
});

test("who has no token, or does not speak as our program, gets nothing", async () => {
  await using(
    async () => assert.fail("it was asked"),
    async (questions, program) => {
      await questions.during(async () => {
        assert.equal(await say(program, `${JSON.stringify({ token: "x", question: "?" })}\n`), "");
        assert.equal(await say(program, "nonsense\n"), "");
        assert.equal(await say(program, "null\n"), "");
        assert.equal(await say(program, "x".repeat(10_000)), "");
      });
    },
  );
});

test("who waits no longer, is not asked on", async () => {
  await using(
    (_question, _kind, over) => new Promise((resolve) => over.addEventListener("abort", () => resolve(undefined))),
    async (questions, program) => {
      assert.equal((await questions.during(() => run(program, "Touch your key", "none"))).code, 1);
    },
    300,
  );
});

test("it is all private, and gone at the end", async () => {
  let folder = "";
  await using(
    async () => undefined,
    async (_questions, program) => {
      folder = path.dirname(program);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      assert.equal(statSync(path.join(folder, "token")).mode & 0o777, 0o600);
      assert.equal(statSync(program).mode & 0o777, 0o700);
      assert.ok(!readFileSync(program, "utf8").includes(readFileSync(path.join(folder, "token"), "utf8")));
    },
  );
  assert.ok(!existsSync(folder));
});

test("ssh-keygen signs with what was answered, and not with something else", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "vetline-key-"));
  const key = path.join(folder, "key");
  const env = (program: string) => ({ ...process.env, SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: "force" });
  const sign = (program: string) => {
    const file = path.join(folder, "text");
    rmSync(`${file}.sig`, { force: true });
    writeFileSync(file, "text");
    return new Promise<boolean>((resolve) => {
      const words = ["-Y", "sign", "-f", key, "-n", "test", file];
      execFile("ssh-keygen", words, { env: env(program), timeout: 60_000 }, () => resolve(existsSync(`${file}.sig`)));
    });
  };
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "open $esame", "-f", key]);
    const answers = ["open $esame", "wrong"];
    const asked: string[] = [];
    const ask: Ask = async (question) => {
      asked.push(question);
      return answers.shift();
    };
    await using(ask, async (questions, program) => {
      assert.ok(await questions.during(() => sign(program)));
      assert.equal(await questions.during(() => sign(program)), false);
    });
    assert.match(asked[0] ?? "", /^Enter passphrase/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
