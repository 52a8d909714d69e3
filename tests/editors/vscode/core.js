// The extension's life: it starts its server, tells it what somebody set, starts it again.
const { assert, diagnostics, open, suite, until, vetline, vscode } = require("./harness");

const TEXT = "import yaml\n\n\ndef load(text):\n    return yaml.load(text)\n";
const RULE = "python/unsafe-yaml-load";
const set = (key, value, target = vscode.ConfigurationTarget.Workspace) =>
  vscode.workspace.getConfiguration("vetline").update(key, value, target);
const severity = (uri) => diagnostics(uri, RULE)[0]?.severity;

exports.run = suite({
  "the server runs and finds something": async () => {
    const { document } = await open("core.py", TEXT);
    await vetline();
    await until(() => diagnostics(document.uri, RULE).length === 1, "the finding is shown");
  },
  "every command of the palette is there": async () => {
    const { packageJSON } = vscode.extensions.getExtension("vetline.vetline");
    const there = new Set(await vscode.commands.getCommands(true));
    const missing = packageJSON.contributes.commands.map(({ command }) => command).filter((one) => !there.has(one));
    assert.deepEqual(missing, []);
    for (const one of packageJSON.contributes.commands) assert.equal(one.category, "Vetline", one.command);
  },
  "a setting reaches the server, and taking it back too": async () => {
    const { document } = await open("core.py");
    assert.equal(severity(document.uri), vscode.DiagnosticSeverity.Hint);
    await set("scope", "all");
    await until(() => severity(document.uri) === vscode.DiagnosticSeverity.Error, "it counts in full");
    await set("scope", undefined);
    await until(() => severity(document.uri) === vscode.DiagnosticSeverity.Hint, "it is a hint again");
  },
  "a restart brings everything back": async () => {
    const { document } = await open("core.py");
    await vscode.commands.executeCommand("vetline.restart");
    await until(() => diagnostics(document.uri, RULE).length === 1, "the finding is shown again");
  },
  "turned off there is nothing, turned on it is back": async () => {
    const { document } = await open("core.py");
    await set("enable", false);
    await until(() => diagnostics(document.uri).length === 0, "nothing is shown");
    await set("enable", undefined);
    await until(() => diagnostics(document.uri, RULE).length === 1, "the finding is shown again");
  },
});
