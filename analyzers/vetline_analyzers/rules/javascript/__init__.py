"""Rules for JavaScript and TypeScript, one file each."""
