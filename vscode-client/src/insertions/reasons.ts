// What VS Code itself says of a change, where it does: `detailedReason`, proposed and not in every build.
import type { Manner } from "./detector";

/** What its editors were told by extensions, in its own words. */
type Reason = Readonly<Record<string, unknown>>;

/**
 * How a change came in; null when nobody need hear of it, undefined when VS Code says nothing.
 *
 * The words are those of its `textModelEditSource.ts`.
 */
export function told(event: object): Manner | null | undefined {
  const reason = (event as { readonly detailedReason?: { readonly metadata?: unknown } }).detailedReason?.metadata;
  return typeof reason === "object" && reason !== null ? manner(reason as Reason) : undefined;
}

function manner(reason: Reason): Manner | null | undefined {
  const word = (key: string): string => (typeof reason[key] === "string" ? reason[key] : "");
  const agent = word("$extensionId") || word("$harness");
  const chat = { agent, model: word("$modelId"), session: word("$$sessionId"), turn: word("$$requestId") };
  switch (word("source")) {
    case "inlineCompletionAccept":
      // Without an extension it is VS Code's own, made of the words of the document.
      return agent === "" ? null : { source: "completion", agent };
    case "inlineCompletionPartialAccept":
      return agent === "" ? null : { source: "partial-completion", agent };
    case "Chat.applyEdits":
      return { source: "chat", ...chat };
    case "inlineChat.applyEdits":
      return { source: "inline-chat", ...chat };
    case "Chat.undoEdits":
    case "Chat.reset":
      return { source: "undo" };
    case "cursor":
      return word("kind") === "paste" ? { source: "paste" } : null;
    case "snippet":
      return undefined; // an assistant's may have places to fill in
    case "rename":
      return { source: "rename" };
    case "unknown":
      return word("name") === "formatEditsCommand" ? { source: "format" } : null;
    default:
      return null;
  }
}
