// Packs the extension: the same bytes for the same commit. `npm run package` packs the server that bundle.py put under
// bundled/ for a target of VS Code; where there is none, what is made brings no server and is for every target.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createVSIX, listFiles } from "@vscode/vsce";

const here = path.dirname(path.dirname(new URL(import.meta.url).pathname));
process.chdir(here);
const target = existsSync("bundled/target") ? readFileSync("bundled/target", "utf8") : undefined;
// vsce writes this time into the archive, as a clock in this zone shows it, and sorts as this language does.
process.env.SOURCE_DATE_EPOCH ??= execFileSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" }).trim();
process.env.TZ = "UTC";

await import("./build.mjs");
for (const file of await listFiles({ cwd: here, dependencies: false })) {
  chmodSync(file, 0o644); // whatever the umask was
}
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
const out = path.resolve("..", "dist", `${[name, version, target].filter(Boolean).join("-")}.vsix`);
mkdirSync(path.dirname(out), { recursive: true });
await createVSIX({
  cwd: here,
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false, // which host the repository lies on is not known here
  packagePath: out,
  ...(target === undefined ? {} : { target }),
});
