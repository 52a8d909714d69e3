// The shapes of the messages of docs/protocol.md, as far as the extension shows them.

/** How a line came about; every other word is taken for "unknown". */
export type State = "ai" | "mixed" | "suspect_ai" | "human" | "unknown";

/** Who wrote a line: an object of `vetline/provenance`. What is not known is "". */
export interface Blame {
  readonly line: number;
  readonly state: State;
  readonly agent: string;
  readonly model: string;
  readonly session: string;
  readonly turn: string;
  readonly tier: string | null;
  readonly source: string;
  readonly human: string;
  readonly at: string;
  readonly prompt_digest: string;
  readonly modified: boolean;
}

/** The answer to `vetline/provenance`. */
export interface Provenance {
  readonly version: number | null;
  readonly lines: readonly Blame[];
}

/** How a review stands. */
export type Status = "pending" | "approved" | "rejected" | "withdrawn" | "stale" | "expired" | "invalid";

/** A review as `vetline.listReviews` has it. */
export interface ReviewRow {
  readonly id: string;
  readonly status: Status;
  readonly by: string;
  readonly why: string;
  readonly path: string;
  readonly symbol: string;
  readonly package: string | null;
  readonly lines: { readonly start: number; readonly end: number };
  readonly digest: string;
  readonly rules: readonly string[];
  readonly fingerprints: readonly string[];
  readonly requester: string;
  readonly at: string;
  readonly note: string;
}

/** What one person decided. */
export interface Decision {
  readonly state: string;
  readonly by: string;
  readonly at: string;
  readonly note: string;
  readonly expires: string;
  readonly signer: string;
  readonly key: string;
  readonly problem: string;
}

/** What is found in the code of a review. */
export interface Found {
  readonly rule: string;
  readonly title: string;
  readonly severity: string;
  readonly message: string;
  readonly line: number;
  readonly fingerprint: string;
  readonly trigger: boolean;
  readonly suppressed: boolean;
}

/** Whether something may be done, and if not, why. */
export interface Leave {
  readonly may: boolean;
  readonly why: string;
}

/** The answer to `vetline/review`: all that a person needs to decide. Secrets are masked by the server. */
export interface Review {
  readonly id: string;
  readonly status: Status;
  readonly by: string; // who decided, else who asked
  readonly why: string;
  readonly signed: boolean;
  readonly at: string;
  readonly requester: string;
  readonly path: string;
  readonly package: string | null;
  readonly symbol: string;
  readonly lines: { readonly start: number; readonly end: number };
  readonly reasons: readonly string[];
  readonly note: string;
  readonly assigned: readonly string[];
  readonly comments: readonly { readonly by: string; readonly at: string; readonly note: string }[];
  readonly decisions: readonly Decision[];
  readonly uri: string | null;
  readonly code: { readonly text: string; readonly start: number; readonly language: string } | null;
  readonly notShown: string; // why no code is, or how much more there is
  readonly origins: readonly Blame[];
  readonly findings: readonly Found[];
  readonly digest: string;
  readonly changes: string;
  readonly suggested: readonly string[];
  readonly decide: Leave;
  readonly reject: Leave;
}

/** A conversation with an agent, as `vetline/sessions` has it. */
export interface Session {
  readonly session: string;
  readonly agent: string;
  readonly model: string;
  readonly human: string;
  readonly first: string;
  readonly last: string;
  readonly prompts: number;
  readonly promptDigests: readonly string[];
  readonly lines: number;
  readonly files: readonly { readonly uri: string; readonly path: string; readonly lines: number }[];
}
