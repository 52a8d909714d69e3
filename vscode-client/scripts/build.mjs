// Bundles the extension, the program that asks for passphrases, and on request the node tests (`--tests [FILE…]`).
import { readdirSync } from "node:fs";
import esbuild from "esbuild";

const watch = process.argv.includes("--watch");
const tests = process.argv.includes("--tests");
const named = process.argv.slice(2).filter((word) => word.endsWith(".test.ts"));
const all = readdirSync("test").flatMap((name) => (name.endsWith(".test.ts") ? [`test/${name}`] : []));

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  logLevel: "warning",
  legalComments: "none",
};

/** @type {import("esbuild").BuildOptions[]} */
const builds = tests
  ? [
      {
        ...common,
        entryPoints: named.length ? named : all,
        outdir: "dist/test",
        sourcemap: "inline",
      },
    ]
  : [
      {
        ...common,
        entryPoints: { extension: "src/extension.ts", askpass: "src/askpass-main.ts" },
        outdir: "dist",
        minify: !watch,
        sourcemap: watch,
      },
    ];

for (const options of builds) {
  if (watch) {
    await (await esbuild.context(options)).watch();
  } else {
    await esbuild.build(options);
  }
}
