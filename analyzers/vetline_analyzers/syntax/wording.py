"""Words that the rules on phrases share: verbs, valuables, addresses; parts of patterns, none with a group of its own."""

from __future__ import annotations


def gap(most: int) -> str:
    """At most so many characters within a sentence, as few as possible."""
    return rf"(?:[^\n.!?;]|\.(?=\w)){{0,{most}}}?"


NOT = r"(?:do not|don['\u2019]?t|never|must not|should not|mustn['\u2019]?t|shouldn['\u2019]?t|cannot|may not)"
USER = r"(?:(?:the|your|any|a|our|this) )?(?:user|human|developer|operator|person|owner|people|customer|reviewer|anyone|anybody|them)s?"
SEND = r"(?:send|sends|sending|upload|post|forward|transmit|exfiltrate|e-?mail|mail|submit|push|report|leak|relay|beacon|publish|ship|sync|copy)"
# Files in which a person's or a machine's secrets are kept.
FILE = (
    r"(?:\.ssh\b(?!/(?:config|known_hosts|authorized_keys|[\w.-]{1,40}\.pub))|\bid_(?:rsa|ed25519|dsa|ecdsa)\b(?!\.pub)|\.aws/credentials|\.netrc\b|\.npmrc\b|\.pypirc\b"
    r"|\.kube/config|\.git-credentials|\.docker/config\.json|\.gnupg\b|(?<![\w*])\.env\b(?!\.(?:example|sample|template|dist))|/etc/(?:passwd|shadow)\b|wallet\.dat"
    r"|\bkeystore\b|\blogin data\b|cookies\.sqlite|\bkeychain\b|gcloud/[\w./-]{0,40}credentials\w{0,20}|application_default_credentials|\.config/gh/hosts|\*\.pem\b|\.kdbx\b|\bmcp\.json"
    r"|solana/id\.json|\bsecrets\.(?:ya?ml|json|toml))"
)
VALUABLE = (
    r"(?:(?:api|ssh|private|secret|access|session|signing|encryption)[ _-]?(?:keys?|tokens?|cookies?)|credentials?|passwords?|tokens|secrets|cookies|seed phrases?"
    r"|(?:recovery|mnemonic) phrases?|environment variables|env vars|process\.env|os\.environ|key material"
    r"|(?:conversation|chat|message)(?:'s)? (?:history|context|log|text)|(?:text|history|content) of the (?:chat|conversation)|system prompt|wallet files?"
    r"|personal data|user data|source code|source files|(?:last|latest) (?:user )?(?:message|prompt)|user'?s (?:latest |last )?(?:prompt|message|data|files))"
)
_LOCAL = (
    r"(?!localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1|host\.docker)"
)
OUT = (
    rf"(?:https?://{_LOCAL}|[\w.+-]{{1,40}}@[\w-]{{1,40}}\.\w|(?:an?|the|our|my|this) (?:\w{{1,15}} ){{0,2}}(?:webhook|endpoint|collector|server|url|address|bucket)"
    r"|(?:pastebin|discord|telegram|ngrok|webhook\.site|requestbin))"
)
# Where anybody puts up anything, or hides: pastes, short links, tunnels, catchers of requests.
_DUMPS = (
    r"(?:pastebin\.com|rentry\.(?:co|org)|glot\.io|paste\.[\w.]{2,20}|hastebin\.com|transfer\.sh|0x0\.st|termbin\.com|ix\.io|dpaste\.\w{2,4}|ghostbin\.\w{2,4}|file\.io|gofile\.io"
    r"|catbox\.moe|ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|serveo\.net|discordapp\.com/attachments|webhook\.site|anonfiles\.com|mega\.nz|mediafire\.com|hackmd\.io"
    r"|gist\.github(?:usercontent)?\.com|bit\.ly|is\.gd|tinyurl\.com|t\.ly|cutt\.ly|duckdns\.org|no-ip\.\w{2,4}|dnslog\.cn|oast\.\w{2,6}|oastify\.com|burpcollab\w{0,9}\.\w{2,4}"
    r"|interact\.sh|requestbin\.\w{2,4}|pipedream\.net|beeceptor\.com|exf\.tools)"
)
_CHEAP = r"(?:top|xyz|icu|click|lol|fun|cyou|sbs|cfd|rest|tk|ml|ga|gq|pw|su|ru|buzz|quest|monster|zip|mov|bond|win|bid|loan|club)"
# An address without a name, one of those, or one under a domain that costs nothing.
RAW = rf"https?://{_LOCAL}(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|(?:[\w-]{{1,60}}\.){{0,4}}{_DUMPS}|(?:[\w-]{{1,60}}\.){{1,4}}{_CHEAP}(?=[:/\s\"'`)]|$))"
PLAIN = rf"http://{_LOCAL}(?:[\w-]{{1,60}}\.){{1,5}}[a-z]{{2,10}}"
FETCH = r"(?:\bcurl\b|\bwget\b|\birm\b|\biwr\b|Invoke-(?:WebRequest|RestMethod)|DownloadString|urlopen\()"
SHELL = r"(?:sudo\s+(?:-\w+\s+)?)?(?:/\S{0,20}/)?(?:(?:ba|z|da|k)?sh|python3?|perl|node|ruby|iex)\b"
ALLOWED_FLAG = r"(?<![\w-])--(?:(?:allow-)?dangerously-(?:skip-permissions|bypass-approvals-and-sandbox)|yolo|trust-all-tools|allow-all-tools)(?![\w-])"

# Orders to set other instructions aside, in the languages that are spoken most.
OVERRIDES = (
    r"(?:ignorier(?:e|en)|vergiss|missachte)[^\n.]{0,40}?\b(?:anweisung|vorgabe|regel|instruktion|befehl)(?:en|n|e)?\b",
    r"vergiss alles (?:davor|vorher|bisherige)|alle (?:vorherigen|bisherigen) (?:informationen|anweisungen) hinter sich",
    r"(?:ignorez?|oublie[zr]?|ne tenez pas compte)[^\n.]{0,40}?\b(?:instructions?|consignes|directives|règles) (?:précédentes?|antérieures?|ci-dessus|système)",
    r"(?:ignora|ignore|olvid[ae]|descarta|omite)[^\n.]{0,40}?\b(?:instrucciones|indicaciones|reglas|órdenes) (?:anteriores|previas|precedentes|del sistema)",
    r"(?:ignor[ea]|esque[çc]a|desconsidere)[^\n.]{0,40}?\b(?:instruções|orientações|regras|ordens) (?:anteriores|prévias|acima|do sistema)",
    r"(?:ignora|dimentica|trascura)[^\n.]{0,40}?\b(?:istruzioni|indicazioni|regole) (?:precedenti|anteriori|di sistema)",
    r"(?:игнорируй(?:те)?|забудь(?:те)?|проигнорируй(?:те)?|не обращай(?:те)? внимания на)[^\n.]{0,40}?(?:инструкц|указани|правил|команд)\w{1,4}",
    r"(?:忽略|无视|忘记|忽視|無視|忘記|不要理会)[^\n。]{0,12}?(?:指令|指示|说明|規則|规则|提示|設定|设定)",
    r"(?:以前|これまで|上記|前|すべて)の?[^\n。]{0,10}?(?:指示|命令|ルール|プロンプト)を?[^\n。]{0,6}?(?:無視|忘れ)",
    r"(?:이전|위의|모든|앞의|기존)[^\n.]{0,10}?(?:지시|명령|지침|규칙|프롬프트)[^\n.]{0,8}?(?:무시|잊)",
    r"(?:تجاهل|انس|أهمل)[^\n.]{0,25}?(?:التعليمات|الأوامر|القواعد|الإرشادات)",
    r"(?:पिछले|सभी|पूर्व|पहले)[^\n।]{0,25}?(?:निर्देश|आदेश|नियम)[^\n।]{0,15}?(?:अनदेखा|अनदेखी|नज़रअंदाज़|भूल)",
)
# Orders to obey this text alone, or without a question.
MORE_OVERRIDES = (
    r"\b(?:ab jetzt|von nun an|ab sofort)\b[^\n.]{0,60}?(?:gelten[^\n.]{0,50}? nicht mehr|(?:nur noch|ausschließlich) (?:diese|dieser|den|das)\w{0,2}\b|ohne (?:nach)?zufragen)|\bführe (?:jeden|alle) befehle? aus, ohne",
    r"\b(?:oublie[zr]?|ignorez)\b[^\n.]{0,30}?\b(?:consignes|instructions|règles|directives)\b|\bignore (?:tes|les|toutes|vos)\b[^\n.]{0,20}?\b(?:consignes|instructions|règles|directives)\b|\b(?:obéis|obéissez)\b[^\n.]{0,20}?\b(?:uniquement|seulement)\b",
    r"\b(?:olvida|olvide|ignora|ignore)\b[^\n.]{0,20}?\b(?:instrucciones|reglas|indicaciones|órdenes)\b",
    r"\b(?:esque[çc]a|ignore|ignora)\b[^\n.]{0,20}?\b(?:tudo|instruções|regras|ordens)\b(?: o que| que|,|\.| e |$)|\besque[çc]a tudo\b",
    r"\b(?:dimentica|ignora|scorda)\b[^\n.]{0,25}?\b(?:istruzioni|regole|indicazioni)\b",
    r"(?:забудь|игнорируй|отбрось)(?:те)?[^\n.]{0,30}?(?:инструкц|указани|правил)|выполняй(?:те)? только команд",
    r"(?:从现在(?:开始|起)|从此)[^\n。]{0,12}?(?:忽略|无视|只执行|只听|没有任何限制|不受限制)|(?:忘掉|忘记|忽略|无视)[^\n。]{0,8}?(?:系统提示|用户的要求|规则|限制)|没有(?:任何)?限制的(?:AI|助手|模型|人工智能)",
    r"(?:指示|命令|ルール)[^\n。]{0,8}?(?:無視|忘れ)|(?:命令|指示)だけに従",
    r"(?:지시|명령|지침|규칙)[^\n.]{0,10}?(?:무시|잊)",
    r"(?:تجاهل|انس)[^\n.]{0,20}?(?:التعليمات|القواعد)",
    r"\b(?:negeer|vergeet)\b[^\n.]{0,20}?\b(?:instructies|regels|opdrachten)\b|\b(?:zignoruj|zapomnij)\b[^\n.]{0,25}?\b(?:instrukcj|poleceni|zasad)|\b(?:önceki|tüm)\b[^\n.]{0,20}?\btalimatlar\w\b[^\n.]{0,15}?(?:yok say|unut|görmezden)",
)
# Orders to keep something from the user.
CONCEALS = (
    r"sans (?:en )?(?:prévenir|avertir|informer) l['\u2019]utilisat(?:eur|rice)",
    r"sin (?:avisar|informar|decir(?:le|lo)?|notificar)[^\n.]{0,15}? al usuario",
    r"sem (?:avisar|informar|contar)[^\n.]{0,15}? (?:ao|o) (?:usuário|utilizador)",
    r"senza (?:dirlo|avvisare|informare|avvertire)[^\n.]{0,12}?utente",
    r"(?:ничего )?не (?:сообщая|говоря)[^\n.]{0,15}?пользовател\w{1,3}",
    r"ユーザーには?(?:知らせ|伝え|言わ|教え)ず",
    r"دون (?:إخبار|علم) المستخدم",
    r"ohne (?:es |dies |das )?(?:dem|den) (?:nutzer|benutzer|anwender)\w{0,3} (?:zu sagen|zu informieren|mitzuteilen)",
    r"verr(?:ate|ätst)[^\n.]{0,30}?(?:nutzer|benutzer|anwender)\w{0,3} (?:nichts|nicht)|(?:nutzer|benutzer|anwender)\w{0,3} nichts (?:verraten|sagen|mitteilen)",
    r"(?:sag|erzähl|verrate|teile?)(?:e|en)?\s(?:es |das |dies )?(?:dem|der|den) (?:nutzer|benutzer|anwender)\w{0,3} (?:nichts|nicht)",
    r"ne (?:dis|dites|révèle|révélez|mentionne|mentionnez|parle|parlez)[^\n.]{0,20}? (?:rien |pas )?(?:de (?:cela|ceci) )?à l['\u2019]utilisat(?:eur|rice)",
    r"(?:no|nunca) (?:le )?(?:digas|diga|informes|informe|menciones|reveles)[^\n.]{0,15}? (?:nada )?(?:de esto )?al usuario",
    r"(?:não|nunca) (?:conte|diga|informe|mencione|revele)[^\n.]{0,15}? (?:nada )?ao (?:usuário|utilizador)",
    r"(?:non|mai) (?:dire|dirlo|informare|rivelare|menzionare)[^\n.]{0,15}? (?:nulla |niente )?all['\u2019]utente",
    r"(?:никогда )?не (?:говори|сообщай|рассказывай|упоминай)(?:те)?[^\n.]{0,15}? пользовател\w{1,3}",
    r"(?:不要|别|請勿|请勿|不得)[^\n。]{0,6}?(?:告诉|告訴|告知|通知|透露给)[^\n。]{0,4}?(?:用户|用戶|使用者)",
    r"ユーザーに(?:は)?[^\n。]{0,10}?(?:言わない|知らせない|伝えない|教えない|開示しない)",
    r"사용자에게[^\n.]{0,12}?(?:말하지|알리지|공개하지|언급하지) (?:마|않)",
    r"لا (?:تخبر|تبلغ|تقل)[^\n.]{0,10}?المستخدم",
    r"(?:उपयोगकर्ता|यूज़र|यूजर) को[^\n।]{0,15}?(?:न|मत) (?:बता|कह)\S{0,4}",
)
