// The program that ssh-keygen runs to ask for a passphrase: it asks the extension and prints the answer.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";

const [folder = "", question = ""] = process.argv.slice(2);
const kind = process.env.SSH_ASKPASS_PROMPT ?? "";
let heard = "";

process.exitCode = 1; // unless there is an answer
const socket = connect(path.join(folder, "socket"));
socket.setEncoding("utf8");
socket.on("connect", () => {
  const token = readFileSync(path.join(folder, "token"), "utf8");
  socket.write(`${JSON.stringify({ token, question, kind })}\n`);
});
socket.on("data", (chunk) => {
  heard += chunk;
});
socket.on("end", () => {
  if (heard !== "") {
    const { answer } = JSON.parse(heard) as { answer: string };
    process.stdout.write(`${answer}\n`);
    process.exitCode = 0;
  }
});
socket.on("error", () => undefined);
