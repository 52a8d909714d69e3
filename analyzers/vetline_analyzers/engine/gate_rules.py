"""What the gate itself finds or is told: it alone knows who wrote a line, what the policy was before and who approved."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Rule, Severity


def _rule(name: str, title: str, page: str, advice: str, attack: str) -> Rule:
    return Rule(
        id=f"gate/{name}",
        title=title,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        page=page,
        advice=advice,
        attack=attack,
    )


AGENT = _rule(
    "agent-not-allowed",
    "Code of an agent that the policy does not list",
    "The lines were written by a coding agent that `gate.agents` does not name, or by one of which nothing is known. "
    "What an agent sends to its makers, which commands it runs and what it was taught to write is a decision of the "
    "team's; code of an agent that nobody decided on comes without any of that. Of each such agent each file has "
    "one finding, at its first line.",
    "Write the lines yourself or with an agent that is listed, have a person review and approve them, or let the team "
    "add the agent to `gate.agents`.",
    "Talks a developer into a free assistant of unknown origin and has it write what they would refuse.",
)
MODEL = _rule(
    "model-not-allowed",
    "Code of a model that the policy does not list",
    "The lines were written by a model that `gate.models` does not name, or by one of which nothing is known. Models "
    "differ in how often they write insecure code, and one that was tampered with may write a weakness on purpose when "
    "asked for certain things. Of each such model each file has one finding, at its first line.",
    "Have the lines written by a model that is listed, have a person review and approve them, or let the team add the "
    "model to `gate.models`.",
    "Puts a model with a back door behind a well-known agent's settings.",
)
LOOSENED = _rule(
    "policy-loosened",
    "Policy made looser by the change that it judges",
    "The settings of the change under judgement let more pass than those of the commit that it is compared with: a rule "
    "is ignored, a folder is left out, a severity is raised. An agent that cannot get its code past the gate might "
    "change the gate. So the stricter of both holds for this change, and the looser one from the next change on.",
    "Let a person merge the change of the settings in a change of its own, before the code that needs it.",
    "Adds one line of settings to a large change and so ignores the rule that it breaks.",
)
BASELINE = _rule(
    "baseline-grown",
    "Baseline grown in the change that it judges",
    "The change under judgement adds findings to the baseline of accepted ones. Whoever may accept a finding by writing "
    "it down there needs no review. So only what the baseline of the commit compared with has is accepted for this "
    "change.",
    "Mend the findings, have a person approve them, or let a person merge the baseline in a change of its own.",
    "Writes a fault and its entry in the baseline in one go.",
)
ORGANISATION = _rule(
    "organisation-changed",
    "Organisation's policy that is not what it should be",
    "The file that `gate.organisation` or `--policy` names cannot be read, or is not the one whose SHA-256 "
    "`gate.organisation-digest` tells. What it asks for is then not known, and nothing may pass.",
    "Fetch the organisation's file again, or write the digest of its new version into the settings.",
    "Replaces the organisation's policy on the build machine by an empty one.",
)
AUTHORS = _rule(
    "authors-unknown",
    "Policy about an AI's lines where nobody knows whose they are",
    "The policy asks something of lines that an AI wrote: a bar of their own, a review, a list of agents. Here nothing is "
    "recorded of who wrote any line, or of who wrote what a change brings and a review would be asked for, so that was asked "
    "of none. That may be right, where people write the code; or the record is not at hand, as in a clone without its notes.",
    "Set up `vetline install-hooks` where agents write, and fetch `refs/notes/vetline` and the whole history where the gate "
    "runs.",
    "Has the check run on a clone without notes, where an agent's code looks like anybody's.",
)
SIGNERS = _rule(
    "signers-changed",
    "List of allowed signers changed by the change that it judges",
    "The change under judgement edits the file that says whose signature under a review counts. Whoever may write down "
    "who approves could approve by themselves. So the list of the commit compared with is what counts for this change.",
    "Let a person merge the list of signers in a change of its own.",
    "Adds a key of their own to the list and signs the approval of their own code with it.",
)
DELETED = _rule(
    "review-deleted",
    "Review deleted or changed by the change that it judges",
    "The change under judgement takes a review's file away or changes it, and with it perhaps a person's rejection. Files of reviews "
    "are only ever added. So what the file said in the commit compared with still counts.",
    "Bring the file back as it was; who changed their mind writes a new decision.",
    "Deletes the file that says that a reviewer rejected the code.",
)
UNREADABLE = _rule(
    "review-unreadable",
    "Review that cannot be read",
    "A file among the reviews is none, is too large or was damaged. Whether it holds an approval or a rejection is not "
    "known, so it is not passed over in silence.",
    "Restore the file from the commit that added it, or remove what is no review.",
    "Damages a rejection so that it is overlooked.",
)
NO_BASE = _rule(
    "no-base",
    "Change of which nobody knows where it starts",
    "The gate trusts the settings, the baseline, the signers and the reviews of the commit that a change starts from. Here neither "
    "`--diff-base` nor CI nor a remote's main branch tells which one that is, so all that is committed is trusted, also "
    "what the change itself committed.",
    "Name the commit with `--diff-base`, or fetch the main branch.",
    "Commits a looser policy first and the code that needs it afterwards.",
)
RULES = (
    AGENT,
    MODEL,
    LOOSENED,
    BASELINE,
    ORGANISATION,
    AUTHORS,
    SIGNERS,
    DELETED,
    UNREADABLE,
    NO_BASE,
)
