"""Whether a piece of prose gives orders to a machine, or is a note between people.

The words are those that the attack sentences of public collections have in common; what people write to
each other in comments (what is to do, who made it, what a template wants filled in) has few of them.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from vetline_analyzers.core import shelf
from vetline_analyzers.core.regex import late
from vetline_analyzers.syntax.wording import CONCEALS, MORE_OVERRIDES, OVERRIDES

# Of a longer text the beginning and the end are looked at.
_HEAD, _TAIL = 3_000, 1_000
_BRIEF = 60  # words: what is longer has each of them by chance
UNMISTAKABLE, ORDERS, HINT = 3, 2, 1  # what `weigh` gives


def _pattern(*parts: str) -> re.Pattern[str]:
    return late("|".join(parts), re.IGNORECASE | re.MULTILINE)


_UNSPACED = late("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_GAP = r"[^\n.!?]{0,50}?\b"
_MODEL = (
    r"(?:agents?|assistants?|ais?|a\.i\.|llms?|(?:language |ai )?models?|chat ?bots?|bots?|claude|copilot|gemini|codex"
    r"|chatgpt|gpt(?:-\d)?|cursor|windsurf|cline|devin|copilots)"
)
_AGENT = r"(?:agents?|assistants?|llms?|language models?|claude|copilot|chatgpt|ai)"
_SECRETS = (
    r"(?:api[ _-]?keys?|access[ _-]?keys?|(?:session|auth|access|api|bearer)?[ _-]?tokens?|credentials?|passwords?|secrets?"
    r"|private keys?|ssh keys?|(?:session|auth|login|browser|user(?:'s)?)[ _-]cookies?|env(?:ironment)? ?(?:vars?|variables?|files?)|id_rsa|id_ed25519"
    r"|(?<!\w)\.env\b[.\w]*|\.ssh\b|\.aws\b|\.netrc|\.npmrc|/etc/\w+|sensitive (?:data|info\w*))"
)
_TALK = (
    r"(?:chat (?:log|history)|conversation(?: history)?|system prompt|(?:this|your|initial|hidden) prompt|(?:conversation|chat|your|full|entire|current) context"
    r"|user(?:'s)? (?:data|input|messages?|quer(?:y|ies)))"
)
_COMMAND = (
    r"(?:curl|wget|bash|sh -c|/bin/sh|rm -rf?|powershell|os\.system|subprocess|eval|exec|nc -e|/dev/tcp|chmod \+x"
    r"|base64 -d|invoke-expression|iex|sudo|mkfifo|child_process)"
)
_DROP = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?: about)?|overrid(?:e|ing)|bypass(?:ing)?|neglect|overlook|discard|erase|set aside"
    r"|stop (?:following|obeying)|do(?: not|n't) (?:follow|obey))"
)
_TOLD = (
    r"instructions?|instructed|prompts?|guidelines?|directives?|directions?|context|polic(?:y|ies)|orders?|training|restrictions?|programming"
    r"|assignments?|guardrails?|constraints"
)
# Each of these is an order by itself.
_ORDERS = _pattern(
    # what was said before no longer counts
    rf"\b{_DROP}\b{_GAP}(?:previous(?:ly)?|prior|above|earlier|preceding|former|before|your|system|safety|security|ethic\w*|original|existing)\b"
    rf"[^\n.!?]{{0,40}}?\b(?:{_TOLD}|rules?|messages?|content|tasks?|commands?|said|told|filters?|checks?|conversations?|safeguards?|controls?|data|text)\b",
    rf"\b{_DROP}\b{_GAP}(?:all|any|following|every|the)\b[^\n.!?]{{0,40}}?\b(?:{_TOLD})\b",
    r"\bforget (?:everything|all (?:of )?(?:the|that|this)|what(?:ever)? (?:you|i|we|was))\b|\b(?:ignore|disregard) (?:everything|all|what(?:ever)?) (?:you|i|we|that was|said|before|prior)\b",
    r"\b(?:instruction|prompt|system|safety|guardrail|rule)s? (?:overrid(?:e|es|den)|bypass(?:ed)?)\b",
    r"\bnew (?:system )?(?:instructions?|directives?|rules|role)\s*:",
    r"\b(?:vergiss|ignoriere|missachte|ignorez|oublie[zr]?|olvida|ignora|esquece|ignore[mr]?|dimentica)\b[^\n.!?]{0,40}"
    r"\b(?:anweisung\w*|aufgaben?|instru[ck]\w*|anterior\w*|précédent\w*|precedenti|vorherig\w*|bisherig\w*|zuvor|davor|todo|alles)",
    "(?:忽略|无视|無視|忘记|忘掉|不要遵守)[^\n]{0,12}(?:指令|指示|提示|规则|規則|内容|限制)",
    "(?:игнорируй|забудь|не следуй)[^\n.!?]{0,40}(?:инструкци|указани|правил|выше|предыдущ)",
    "(?:以前|上記|前)の(?:指示|命令)[^\n]{0,10}(?:無視|忘れ)",
    *OVERRIDES,
    *MORE_OVERRIDES,
    *CONCEALS,
    # another role
    r"\b(?:you(?:'re| are| will be)|act|behave|respond)(?: now| hereby| henceforth| to act| as)+ (?:(?:my|an?|the) )?(?:\w+ ){0,4}?(?:ai|assistants?|chat ?bots?"
    r"|bots?|gpt\w*|agent|character|persona|hacker|wizard|terminal|human|dan|evil|unrestricted|jailbroken|(?:\w+ )?mode)\b",
    r"\byou(?:'re| are)(?: now)? no longer (?:bound|restricted|required|limited|subject|an?)\b|\byou(?:'re| are) now (?:allowed|permitted|free|under)\b",
    r"\bfrom now on,? (?:you|i want|always|respond|answer|act|never)\b",
    r"\byou (?:are|have) (?:to act|to play|to pretend|been (?:reprogrammed|hacked|updated|freed|upgraded|reset))\b",
    r"\b(?:you (?:will|must|should|shall) |please |now )(?:act|behave|respond|simulate|roleplay|pretend)\b[^\n.!?]{0,30}\b(?:as|to be|mode|like)\b",
    r"^\W{0,8}(?:pretend (?:to be|that you|you)|imagine you(?:\'re| are)|roleplay as)\b",
    r"\b(?:developer|debug|god|admin(?:istrator)?|maintenance|dan|jailbreak|unrestricted|sudo|root) mode\b",
    r"\bdo anything now\b|\bjail ?broken?\b|\bno (?:filters?|restrictions?|limits?|censorship) (?:or|and)\b",
    r"\bunrestricted (?:ai|chat ?bot|assistant|model|access)\b",
    r"^\W{0,6}(?:system|developer) (?:prompt|message|instructions?|override|command)\s?[\]>]?\s?:\s{0,3}\w",
    r"^\W{0,6}(?:system|developer|admin)\s?:\s{0,3}(?:you|ignore|new|override|disregard|forget|never|always|do not|from|please|the (?:user|assistant))\b",
    r"[\[<{]/?\s*(?:system|inst|im_start|im_end|admin|assistant|sys|\|im_start\||\|system\|)\s*[\w ]{0,20}[:\]>}|]{1,3}",
    r"<\|\w{2,20}\|>|\[/?INST\]|###\s*(?:system|instruction)",
    # behind the user's back
    r"\b(?:do not|don't|never|must not|without)\b[^\n.!?]{0,25}?\b(?:tell|inform|mention|notify|reveal|alert|warn|disclos"
    r"|telling|informing|mentioning|notifying|notification|revealing|alerting|acknowledg)\w*\b[^\n.!?]{0,40}?"
    r"\b(?:users?|humans?|anyone|developers?|this|these|it|them|owner|operator|reviewers?)\b",
    r"\bwithout (?:any |the |further |explicit |user(?:'s)? |asking (?:for |the )?|prior |requiring |human )*"
    r"(?:user|confirm|approval|permission|consent|notif|knowledge|review|asking (?:for|the|first|me|anyone|questions))",
    r"\b(?:silently|secretly|covertly|quietly|stealthily|discreetly)\b[^\n.!?]{0,60}?\b(?:to|the|all|any|your|you|with|from|into|in)\b",
    r"\b(?:execute|run|send|add|copy|upload|forward|collect|insert|proceed|install|delete|do (?:it|this|so)) (?:\w+ ){0,2}(?:silently|secretly|covertly|quietly)\b",
    r"\b(?:hide|conceal|keep)\b[^\n.!?]{0,40}?\b(?:from|secret from)\b[^\n.!?]{0,10}\b(?:users?|humans?|developers?|reviewers?|owner)\b",
)
# These could be meant for the reader of a manual.
_DEEDS = _pattern(
    # secrets, and where they are to go
    rf"\b(?:exfiltrat\w*|leak|steal|harvest|smuggle)\b[^\n.!?]{{0,60}}?(?:{_SECRETS}|{_TALK})",
    rf"\b(?:send(?:s|ing)?|forward(?:s|ing)?|post(?:s|ing)?|upload(?:s|ing)?|transmit|e?-?mail|submit|deliver|relay|ship|copy|write)\b"
    rf"[^\n.!?]{{0,60}}?(?:{_SECRETS}|{_TALK})[^\n]{{0,40}}?(?:\bto\b|\balong\b|https?:|@|\bvia\b|\binto\b)",
    rf"\b(?:append|include|embed|insert|put|copy|add|return|output|print|list|show|display|reveal|repeat|share|give|provide|tell|dump|encode)\b"
    rf"[^\n.!?]{{0,40}}?(?:\ball (?:the |your |of |its |my )*(?:\w+ )?{_SECRETS}|\b(?:the|your|all|any|its|full|user(?:'s)?) (?:\w+ )?{_TALK}"
    rf"|contents? of [^\n.!?]{{0,20}}(?:{_SECRETS}|/etc/)|/etc/(?:passwd|shadow|hosts)|\bid_rsa|~/\.(?:ssh|aws|netrc)|(?<!\w)\.env (?:file|contents?))",
    rf"\b(?:read|cat|open|extract|fetch|grab|collect|steal|harvest|retrieve|gather|locate|scan|access|get)\b"
    rf"[^\n]{{0,50}}?(?:(?:~|\$HOME)/\.\w+|(?<!\w)\.env\b|/etc/(?:passwd|shadow)|id_rsa|id_ed25519|\.aws/|\.ssh/|\ball (?:\w+ )?{_SECRETS}"
    rf"|\b(?:the )?(?:user(?:'s)?|system|host) (?:\w+ )?{_SECRETS})",
    r"\bexfiltrat\w+|\bsystem prompt\b[^\n]{0,40}(?:verbatim|word for word|above)",
    r"!\[[^\]\n]{0,60}\]\(https?://[^\s)]{1,200}[?&/][\w-]{1,30}=?(?:[\[{<$]|[A-Z_]{4,}[)&])",
    r"\b(?:append|add|write|modify|insert|register|install|edit|inject)\b[^\n.!?]{0,60}?(?:claude_desktop_config|\bmcp\.json|\bmcp servers?\b|authorized_keys|\.bashrc|\.zshrc|crontab)",
    # commands
    rf"(?<!cargo )(?<!docker )(?<!npm )\b(?:run|execute|invoke|eval(?:uate)?|launch|call|type|paste)\b[^\n]{{0,40}}?(?:`|\b){_COMMAND}\b",
    r"\b(?:curl|wget)\b[^\n|]{1,200}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\brm -rf [~/$*]|/dev/tcp/|\bbash -i\b|\bnc -[a-z]*e\b",
    r"\b(?:execute|invoke) (?:this|these|that) (?:\w+ )?(?:tool|code|payload|instruction|sql|query)s?\b|\brun (?:the following|this) (?:sql|query|payload|code)\b[^\n.]{0,20}\bexactly\b",
    r"\bexecute (?:what|whatever|everything|any(?:thing)?)\b",
    r"\b(?:import|require)\W{0,3}(?:os|subprocess|child_process)\b[^\n]{0,80}(?:system|popen|run|exec|spawn)\w*\s*\(",
    r"\b(?:every|each) time you (?:call|use|invoke|respond|answer|reply|generate)\b",
    r"\b(?:upload|send|copy|post|forward|archive)\b[^\n.!?]{0,20}\b(?:everything|all (?:the )?files?|all (?:of )?it)\b[^\n!?]{0,20}(?:~|\$HOME|/home|/root|/etc)",
    # wrongs of another kind
    r"\bplease (?:reflect|output|print|simulate|classify|pretend|imagine|repeat|spell|decode|execute|obey|comply|generate|apply rot)\b",
    r"\b(?:amoral|unfiltered|uncensored)\b|\bnever refuse\b|\bOpenAI(?:'s)? (?:content )?polic|\bmoral(?:s|ity)? (?:and|or|compass)\b",
    r"\bstay in (?:character|\w+ mode)\b|\b(?:take on|assume|adopt) (?:the|a|an|two|this) (?:\w+ ){0,3}(?:role|persona\w*) of\b",
    r"\b(?:you will|always|please|must|now) respond as\b|\byour (?:guidelines|restrictions|safety rules|ethical)\b",
    r"\bgrant (?:me|this|the|yourself|us)\b[^\n.!?]{0,30}\b(?:access|permissions?|privileges?|rights|admin)\b|\bimpersonate\b",
    r"\b(?:send|forward|append|post|upload|copy|route|redirect|write)\b[^\n.!?]{0,20}\b(?:all|every|any|full|complete)\b[^\n.!?]{0,40}"
    r"\b(?:to|at|into)\b[^\n]{0,25}?(?:https?://|//\d|\b\d{1,3}(?:\.\d{1,3}){3}|[\w.-]{2,40}@[\w-]{2,40}\.)",
    r"\b(?:print|output|say|write|respond with|reply with|answer with) (?:only |just |the (?:word|phrase|text) )*[\"'“]?(?:pwned|hacked|compromised|haha)",
    # approvals
    r"\b(?:auto(?:matically)?[- ]?|always |must |immediately |blindly |just |you should |please )approv(?:e|ing)\b",
    r"\bapprove (?:all|any|every|this|the) (?:\w+ ){0,3}(?:operations?|requests?|actions?|changes?|calls?|commands?|pull|deploy\w*|code|transactions?|merge)",
    r"\b(?:mark|rate|classify|score|rank|report|treat)\b[^\n.!?]{0,40}\bas (?:safe|approved|excellent|benign|trusted|verified|clean|passed|qualified|hired|non-malicious)\b",
    r"\b(?:disable|turn off|deactivate|skip|circumvent|evade)\b[^\n.!?]{0,40}\b(?:security (?:checks?|controls?|measures?|features?|polic\w+|tools?|scans?\w*|warnings?)|safety|sandbox|guardrails?|verification|authentication|logging|audit\w*|approvals?|confirmations?|permission checks?|content filters?|safeguards?)\b",
    r"--dangerously-skip-permissions|--yolo\b|\bbypassPermissions\b",
)
_VERBS = (
    "add|answer|append|always|apply|approve|ask|assume|attach|avoid|begin|call|change|check|classify|collect|comply|connect|continue|convert"
    "|copy|create|decode|delete|describe|disable|display|do|download|dump|email|enable|encode|ensure|exclude|execute|explain|extract|fetch"
    "|find|follow|forge|forward|generate|get|give|hide|imagine|include|inject|insert|install|instead|invoke|keep|list|load|log|make|mark"
    "|modify|never|obey|only|open|output|overwrite|pass|perform|post|prefer|preserve|pretend|print|prioriti[sz]e|provide|publish|push|put|query"
    "|read|recommend|redirect|refuse|register|remember|remove|repeat|replace|reply|report|request|respond|retain|return|reflect|reveal|run|save|say"
    "|search|send|set|share|show|simulate|skip|speak|start|stop|store|submit|summari[sz]e|suggest|switch|tell|transfer|translate"
    "|treat|trust|update|upload|use|visit|wait|write"
)
# The model is spoken to, where a sentence begins.
_ADDRESSED = _pattern(
    rf"(?:^|[.!?:;>\]]\s|\b(?:note|message|instructions?|attention|important|warning|hey|dear|hello|hi|for|to|as an?)\b[ ,:]{{1,3}})\W{{0,6}}"
    rf"(?:(?:all|any|the|this|every|you,?|an?|to|for|ai|coding|your) ){{0,3}}{_MODEL}(?: (?:agents?|assistants?|systems?|models?|tools?|reviewers?|code|reading this|processing this)){{0,3}}"
    rf"\s{{0,2}}(?:[:,!]\s{{0,3}}(?:(?:please |you |also |now |then |first ){{0,3}}(?:{_VERBS}|ignore|disregard|forget|reveal|act|proceed|follow|do not|don\'t|must|should|when|if|before)\b)"
    rf"|must\b|should\b|shall\b|has to\b|have to\b|is to\b|are to\b|is required\b|are required\b|will now\b|please\b|always\b|never\b)",
    rf"^\W{{0,6}}(?:when|whenever|if|once|after|before|while|as soon as) [^\n.!?]{{0,40}}\b(?:agents?|assistants?|llms?|ais?|claude|copilot|chatgpt)\b[^\n.!?]{{0,60}}[,:] ?(?:\w+ )?(?:{_VERBS})\b",
)
_SHOULD = r"(?:must|should|shall|need to|have to|are (?:required|instructed|allowed|permitted|expected) to)"
_OBLIGED = _pattern(
    rf"\byou {_SHOULD} (?:also |always |now |immediately |first |never |not |only )*[a-z]+",
    r"\b(?:before|after|when|while|whenever|prior to) (?:you )?(?:respond|answer|reply|invok)\w*\b[^\n.!?]{0,50}\b(?:users?|tools?|requests?|quer(?:y|ies)|prompts?|responses?|questions?)\b",
    r"\bin (?:your|every|all|each) (?:(?:next|future|final) )?(?:responses?|answers?|repl(?:y|ies))\b",
    r"\b(?:as an ai|your (?:instructions|training|programming|guidelines|creators?|persona|role|previous responses))\b",
    r"\byou (?:can|may|will|shall) (?:now|not refuse|never refuse|comply|obey)\b",
    rf"\b(?:the|an?|this|any|your|when) {_AGENT}\b[^\n.!?]{{0,20}}\b(?:is|are|will|must|should|shall|can|to|has)\b",
    r"\bthis (?:instruction|directive|prompt|system message)\b|\b(?:these|following|hidden|secret) (?:instructions|directives)\b",
    rf"\b{_TALK}\b",
)
# What attacks speak of, and manuals too.
_TOPICS = _pattern(
    rf"\b{_SECRETS}",
    rf"(?:`|\b){_COMMAND}\b",
    r"\b\w{2,30}\([a-z_]{2,20} ?= ?[\"']",
    r"\bwebhook\b|\bpayload\b|\bmcp\b",
    r"\b(?:the )?users?\b(?! (?:guide|manual|interface|docs?|agent|stor(?:y|ies)|names?|ids?))",
)
_IMPERATIVE = _pattern(
    rf"(?:^(?:\W{{0,6}}(?:important|note|warning|critical|urgent|attention|reminder|instructions?)\b\W{{0,4}})?|[.!?:;,]\s|\bplease |\band |\bthen |\binstead,? |\bto )\W{{0,6}}(?:please |now |also |immediately |just |then |first )?(?:(?:{_VERBS})\b|you (?:must|will|shall|are|can|may|need)\b)"
)
# What people write to each other, or tools to themselves.
_NOTES = _pattern(
    r"^\W{0,6}(?:e\.g\.|i\.e\.|for example|example|todo|fixme|xxx|hack|license|licence|copyright|spdx|generated|auto-?generated"
    r"|this (?:file|section|page|document|list|table|block|template|readme|content|comment) (?:is|was|has|will|should|must)|begin|end|start of|prettier|markdownlint|eslint"
    r"|vale|toc|doctoc|region|endregion|#region|textlint|cspell|all-contributors|badges?|optional|if (?:this|your|you)\b|thank|we |describe|what |which |how |why )",
    r"\b(?:do not edit|don't edit|do not (?:remove|modify|delete|change) (?:this|or|the)|edit (?:this|the) (?:file|template)|please (?:describe|fill|provide|add (?:a|any|an|your)|list|include (?:a|any|the|your|as|relevant|steps|screenshots?|tests?)"
    r"|make sure (?:to|you|that|your)|check|delete (?:this|any|the)|explain|search|note|link|keep|remove (?:this|any)|use the|read (?:the|our)|consider|write|be |enter|update|specify|mention|ensure|see|refer|only|replace|tick|choose|select|put)"
    r"|pull request|contributing|changelog|issue|bug report|screenshots?|as needed|checklist|steps to reproduce|code of conduct|maintainers?|reviewers?"
    r"|template|licen[sc]ed? under|all rights reserved|general public license|warrant(?:y|ies)|free software)\b",
)


@lru_cache(maxsize=2_048)
def weigh(text: str) -> int:
    """How much a piece of prose looks like orders to a machine.

    UNMISTAKABLE where nobody would say it to a person, ORDERS where it may be in a manual, HINT where it asks
    for something or speaks of secrets or prompts, else 0.

    Of a text of more than 4,000 characters the beginning and the end are looked at.
    """
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    if _ORDERS.search(text):
        return UNMISTAKABLE
    if _DEEDS.search(text) or _is_known(text):
        return ORDERS
    if _NOTES.search(text):
        return HINT if _ADDRESSED.search(text) else 0
    if _ADDRESSED.search(text):
        return ORDERS
    if len(text.split()) <= _BRIEF and _IMPERATIVE.match(text) and _OBLIGED.search(text):
        return ORDERS
    return HINT if any(p.search(text) for p in (_IMPERATIVE, _OBLIGED, _TOPICS)) else 0


@cache
def _known() -> tuple[re.Pattern[str], ...]:
    """What the rules on instructions look for: hidden, it is no better."""
    rules = shelf.load("vetline_analyzers.rules.agent", "RULE").values()
    phrases = [phrase for rule in rules for phrase in getattr(rule, "phrases", ())]
    return tuple(phrase.pattern for phrase in phrases)


def _is_known(text: str) -> bool:
    line = " ".join(text.split())
    return any(pattern.search(line) for pattern in _known())


def is_prose(text: str, words: int = 4) -> bool:
    """Whether a text has at least so many words, and is words for the most part.

    Of scripts that set no blanks between words, two letters count as one.
    """
    found = text[:_HEAD].split()
    spoken = sum(
        word.strip("\"'`*_.,:;!?()[]").replace("'", "").replace("-", "").isalpha() for word in found
    )
    if unspaced := len(_UNSPACED.findall(text[:_HEAD])):
        return unspaced >= 2 * words
    return spoken >= words and spoken * 2 >= len(found)


def is_note(text: str) -> bool:
    """Whether a text reads like what people write to each other, or a tool to itself."""
    return bool(_NOTES.search(text[:_HEAD]))
