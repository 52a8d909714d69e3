// Which documents the server is asked about; knows nothing of VS Code.

/** The languages that rules know, and those whose texts are searched for secrets, hidden characters and packages. */
export const LANGUAGES = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "dockerfile",
  "dockercompose",
  "terraform",
  "yaml",
  "github-actions-workflow",
  "toml",
  "json",
  "jsonc",
  "ini",
  "properties",
  "dotenv",
  "shellscript",
  "markdown",
  "pip-requirements",
] as const;

/** Files that are plain text to VS Code and not to us. */
export const PATTERNS = ["**/*requirements*.{txt,in}", "**/.env*", "**/*.tf", "**/{poetry,uv,pdm}.lock", "**/Pipfile"];
const SCHEMES = ["file", "untitled", "vscode-notebook-cell"] as const;

/** As `vscode.DocumentSelector` and the protocol have it. */
export const SELECTOR: ({ scheme: string; language: string } | { scheme: string; pattern: string })[] = [
  ...SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
  ...PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
];
