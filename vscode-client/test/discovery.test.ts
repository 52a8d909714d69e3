import assert from "node:assert/strict";
import { test } from "node:test";
import { type Candidate, candidates, first, missing, older, parse, type Said, type World } from "../src/discovery";

const WORLD: World = {
  trusted: true,
  path: "",
  useBundled: false,
  interpreters: async () => [{ command: "/shop/.venv/bin/python", from: "the folder .venv of shop" }],
  pythons: async () => [{ command: "/usr/bin/python3", from: "python3 on PATH", libs: ["/ext/bundled/libs"] }],
  onPath: async (name) => `/usr/bin/${name}`,
};

async function all(world: Partial<World>): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for await (const one of candidates({ ...WORLD, ...world })) {
    found.push(one);
  }
  return found;
}

const commands = async (world: Partial<World>) => (await all(world)).map(({ command }) => command);

test("the environment goes before PATH and that before what is bundled", async () => {
  assert.deepEqual(await commands({}), ["/shop/.venv/bin/python", "/usr/bin/vetline", "/usr/bin/python3"]);
});

test("what somebody named is the only one", async () => {
  assert.deepEqual(await commands({ path: "/opt/vetline" }), ["/opt/vetline"]);
});

test("bundled only, when that is asked for", async () => {
  assert.deepEqual(await commands({ useBundled: true }), ["/usr/bin/python3"]);
});

test("of a workspace that is not trusted nothing is run or looked for, whatever is set", async () => {
  const never = async () => assert.fail("it was looked for");
  const world = { trusted: false, path: "/shop/evil", interpreters: never, onPath: never };
  assert.deepEqual(await commands(world), ["/usr/bin/python3"]);
});

test("nothing is imported from where we stand", async () => {
  for (const { command, args } of await all({})) {
    if (command.includes("python")) {
      assert.ok(args.includes("-I") || (args.includes("-P") && args.includes("-s")), args.join(" "));
    }
  }
});

test("what is bundled is imported from its folders", async () => {
  const bundled = (await all({ useBundled: true }))[0];
  assert.deepEqual(bundled?.env, { PYTHONPATH: "/ext/bundled/libs" });
});

test("the first that is a server, and new enough, is taken, and the others are told of", async () => {
  const told: string[] = [];
  const said: Said[] = [{ fault: "No module named vetline" }, { version: [0, 0, 9] }, { version: [0, 1, 0] }];
  const found = await first(
    candidates(WORLD),
    async () => said.shift() ?? assert.fail(),
    (line) => told.push(line),
  );
  assert.equal(found?.candidate.command, "/usr/bin/python3");
  assert.deepEqual(told, [
    "no server from the folder .venv of shop (/shop/.venv/bin/python): No module named vetline",
    "the server from PATH is 0.0.9; 0.1.0 is needed",
  ]);
});

test("none is said so", async () => {
  assert.equal(
    await first(
      candidates(WORLD),
      async () => ({ fault: "gone" }),
      () => undefined,
    ),
    undefined,
  );
});

test("versions are read and compared", () => {
  assert.deepEqual(parse("vetline 1.2.3\n"), [1, 2, 3]);
  assert.deepEqual(parse("Python 3.14.0rc1\n"), [3, 14, 0]);
  assert.deepEqual(parse("Python 3.11\n"), [3, 11, 0]);
  for (const text of ["", "vetline", "git version 2.1.0", `vetline ${"9".repeat(400)}`]) {
    assert.equal(parse(text), undefined);
  }
  assert.ok(older([0, 9, 9], [0, 10, 0]));
  assert.ok(!older([0, 10, 0], [0, 10, 0]));
  assert.ok(!older([1, 0, 0], [0, 10, 9]));
});

test("what is missing is said with a way out", () => {
  assert.match(missing({ trusted: true, path: "" }, false), /pip install vetline/);
  assert.match(missing({ trusted: false, path: "/x" }, false), /until you trust it/);
  assert.match(missing({ trusted: true, path: "/x" }, true), /vetline\.path names \/x/);
  assert.match(missing({ trusted: false, path: "" }, true), /Python 3\.11 or newer/);
});
