import assert from "node:assert/strict";
import { test } from "node:test";
import manifest from "../package.json";
import { type Inspected, OWN, told } from "../src/told";

const [own, server] = manifest.contributes.configuration;
const keys = (part: typeof own | typeof server) =>
  Object.keys(part?.properties ?? {}).map((key) => key.slice("vetline.".length));

const SAID: Record<string, Inspected> = {
  scope: { globalValue: "ai", workspaceValue: "all" },
  failOn: {},
  "gate.block": { workspaceFolderValue: ["secret/*"], globalValue: [] },
  "gate.failOnAi": { globalValue: "low", workspaceValue: null },
  online: { globalValue: false },
  path: { globalValue: "/x" },
};

test("only what somebody set is told, the nearest level of it, tables in objects", () => {
  const given = told(["scope", "failOn", "gate.block", "gate.failOnAi", "online", "unknown"], (key) => SAID[key]);
  assert.deepEqual(given, { scope: "all", gate: { block: ["secret/*"], failOnAi: "low" }, online: false });
});

test("the extension's own settings are those that package.json calls so", () => {
  assert.deepEqual(new Set(keys(own)), new Set(OWN));
  assert.ok(keys(server).length > 30);
  assert.deepEqual(
    keys(server).filter((key) => OWN.has(key)),
    [],
  );
});

test("what a workspace could harm with, it cannot set or only once it is trusted", () => {
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  const scopes = new Map<string, string>();
  for (const part of manifest.contributes.configuration) {
    for (const [key, { scope }] of Object.entries<{ scope: string }>(part.properties)) {
      scopes.set(key, scope);
    }
  }
  for (const key of ["enable", "path", "interpreter", "importStrategy"]) {
    assert.ok(restricted.has(`vetline.${key}`), key);
  }
  for (const key of ["path", "online", "advisories", "gate.signingKey", "gate.unprotectedKeys", "trace.server"]) {
    assert.match(scopes.get(`vetline.${key}`) ?? "", /^(machine|application)$/, key);
  }
});
