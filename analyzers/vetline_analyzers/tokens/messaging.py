"""Tokens of chats, of mail and of telephones."""

from __future__ import annotations

from base64 import b64encode

from vetline_analyzers.core.finding import Severity
from vetline_analyzers.secret import checksums
from vetline_analyzers.secret.format import (
    Format,
    fill,
    has_digit,
    hexadecimal,
    lower,
    named,
    upper,
    uuid,
)

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

# A Discord token has no fixed part. It begins with an account's number, and three digits in base 64 are four
# characters; where it is quoted or assigned, its first letter behind the quote is rare enough.
_NUMBERS = tuple(b64encode(str(number).encode()).decode().lower() for number in range(100, 1000))
_ACCOUNTS = (*_NUMBERS, *(quote + letter for quote in "\"'`=" for letter in "mno"))
_HEX = "0123456789abcdef"

FORMATS = (
    Format("slack-token", "Slack token", ("xox", "xapp-"), (r"xapp-(?:\d-[A-Z0-9]+-\d+-[a-z0-9]{30,}|\d{8,14}-[A-Za-z0-9/-]{20,60})", r"xox[a-z](?:\.xox[a-z])?-(?:[A-Za-z0-9]{1,255}-){0,9}[A-Za-z0-9]{10,255}"), "xoxb-" + "2736450918-" * 2 + fill(24), "api.slack.com/apps, or `auth.revoke`", severity=Severity.CRITICAL, fits=has_digit),
    Format("slack-webhook", "Slack webhook", ("hooks.slack.com",), (r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/]{30,80})",), "T7RZ2MQX5/B4VLP3NF6HS/" + fill(24), "api.slack.com/apps, Incoming Webhooks", example='url = "https://hooks.slack.com/services/{}"'),
    Format("discord-token", "Discord bot token", _ACCOUNTS, (r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}",), "MTI3" + "MzY0NTA5MTgyNzM2NDU" + "w."  + fill(6) + "." + fill(27), "discord.com/developers/applications, Bot → Reset Token", severity=Severity.CRITICAL, proves=checksums.discord),
    named("discord-secret", "Discord client secret", "discord", r"(?:[0-9a-f]{64}|[A-Za-z0-9=_-]{32})", fill(32), "discord.com/developers/applications, OAuth2 → Reset Secret", common=True),
    Format("discord-webhook", "Discord webhook", ("/api/webhooks/",), (r"discord(?:app)?\.com/api/webhooks/\d{17,20}/(?P<secret>[A-Za-z0-9_-]{60,72})",), fill(68), "Discord, Server settings → Integrations", example='url = "https://discord.com/api/webhooks/273645091827364509/{}"'),
    Format("teams-webhook", "Microsoft Teams webhook", (".office.com/webhook",), (r"(?:[a-z0-9]+\.webhook|outlook)\.office\.com/webhook(?:b2)?/[A-Za-z0-9-]{36}@[A-Za-z0-9-]{36}/IncomingWebhook/(?P<secret>[A-Za-z0-9]{32}/[A-Za-z0-9-]{36})",), hexadecimal(32) + "/" + uuid(), "Teams, the channel's Connectors", example='url = "https://shop.webhook.office.com/webhookb2/9c3f07ad-5b81-e264-9c3f-07ad5b81e264@9c3f07ad-5b81-e264-9c3f-07ad5b81e264/IncomingWebhook/{}"'),
    Format("google-chat-webhook", "Google Chat webhook", ("chat.googleapis.com",), (r"chat\.googleapis\.com/v1/spaces/[\w-]{8,20}/messages\?key=[\w-]{39}&token=(?P<secret>[\w%-]{30,60})",), fill(43), "Google Chat, Apps & integrations", example='url = "https://chat.googleapis.com/v1/spaces/K7RZ2MQX5TB/messages?key=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK&token={}"'),
    Format("telegram-token", "Telegram bot token", (":a",), (r"\d{5,16}:A[A-Za-z0-9_-]{34}", r"\d{9,10}:A[A-Za-z0-9_-]{33}"), "718205" + "3946:A" + fill(34), "@BotFather, /revoke", severity=Severity.CRITICAL),
    Format("twilio-key", "Twilio key", tuple(f"sk{digit}" for digit in _HEX), (r"SK[0-9a-f]{32}",), "SK" + hexadecimal(32), "console.twilio.com, API keys & tokens", fits=has_digit),
    named("twilio-token", "Twilio auth token", "twilio", r"[0-9a-f]{32}", hexadecimal(32), "console.twilio.com, API keys & tokens", common=True),
    Format("mailgun-key", "Mailgun key", ("key-",), (r"key-[0-9a-f]{32}",), "key-" + hexadecimal(32), "app.mailgun.com/settings/api_security", fits=has_digit),
    named("mailgun-key", "Mailgun key", "mailgun", r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}", hexadecimal(32) + "-9c3f07ad-5b81e264", "app.mailgun.com/settings/api_security"),
    Format("mailgun-public-key", "Mailgun public key", ("pubkey-",), (r"pubkey-[0-9a-f]{32}",), "pubkey-" + hexadecimal(32), "app.mailgun.com/settings/api_security", severity=Severity.INFO),
    Format("mailchimp-key", "Mailchimp key", ("-us",), (r"[0-9a-f]{32}-us\d{1,2}",), hexadecimal(32) + "-us12", "mailchimp.com, Account → Extras → API keys"),
    named("mandrill-key", "Mandrill key", "mandrill", r"(?:md-)?[A-Za-z0-9_-]{22}", fill(22), "mandrillapp.com/settings"),
    Format("sendgrid-key", "SendGrid key", ("sg.",), (r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", r"SG\.[A-Za-z0-9=_.-]{66}"), "SG." + fill(22) + "." + fill(43), "app.sendgrid.com/settings/api_keys", severity=Severity.CRITICAL, fits=has_digit),
    Format("brevo-key", "Brevo key", ("xkeysib-", "xsmtpsib-"), (r"x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}",), "xkeysib-" + hexadecimal(64) + "-" + fill(16), "app.brevo.com/settings/keys/api"),
    named("postmark-token", "Postmark token", "postmark", _UUID, uuid(), "account.postmarkapp.com/api_tokens"),
    Format("resend-key", "Resend key", ("re_",), (r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",), "re_" + fill(8) + "_" + fill(24), "resend.com/api-keys", fits=has_digit),
    Format("mailersend-token", "MailerSend token", ("mlsn.",), (r"mlsn\.[0-9a-f]{64}",), "mlsn." + hexadecimal(64), "app.mailersend.com, API tokens"),
    Format("klaviyo-key", "Klaviyo key", ("pk_",), (r"pk_[0-9a-f]{34}",), "pk_" + hexadecimal(34), "klaviyo.com/settings/account/api-keys", fits=has_digit),
    named("sparkpost-key", "SparkPost key", "sparkpost", r"[0-9a-f]{40}", hexadecimal(40), "app.sparkpost.com/account/api-keys"),
    named("mailjet-key", "Mailjet key", "mailjet", r"[0-9a-f]{32}", hexadecimal(32), "app.mailjet.com/account/apikeys"),
    named("mailtrap-token", "Mailtrap token", "mailtrap", r"[0-9a-f]{32}", hexadecimal(32), "mailtrap.io/api-tokens"),
    Format("courier-key", "Courier key", ("pk_prod_", "pk_test_"), (r"pk_(?:prod|test)_[A-Z0-9]{28}",), "pk_prod_" + upper(28), "app.courier.com/settings/api-keys", fits=has_digit),
    named("sendbird-token", "Sendbird token", "sendbird", rf"(?:[0-9a-f]{{40}}|{_UUID})", hexadecimal(40), "dashboard.sendbird.com, Settings → General"),
    named("messagebird-key", "MessageBird key", "message bird|bird", rf"(?:[A-Za-z0-9]{{25}}|{_UUID})", fill(25), "dashboard.messagebird.com/developers/access", common=True),
    named("vonage-secret", "Vonage secret", "vonage|nexmo", r"[A-Za-z0-9]{16}", fill(16), "dashboard.nexmo.com/settings", common=True),
    named("plivo-token", "Plivo token", "plivo", r"[A-Za-z0-9_-]{40}", fill(40), "console.plivo.com"),
    Format("telnyx-key", "Telnyx key", ("key0",), (r"KEY0[0-9A-F]{31,35}_[A-Za-z0-9]{22}",), "KEY0" + hexadecimal(32).upper() + "_" + fill(22), "portal.telnyx.com, API Keys"),
    named("clicksend-key", "ClickSend key", "clicksend", rf"(?:{_UUID.replace('a-f', 'A-F')})", uuid().upper(), "dashboard.clicksend.com, API Credentials"),
    named("messagemedia-secret", "MessageMedia secret", "messagemedia|message media", r"[A-Za-z0-9]{30}", fill(30)),
    named("infobip-key", "Infobip key", "infobip", r"[0-9a-f]{32}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", hexadecimal(32) + "-" + uuid(), "portal.infobip.com/dev/api-keys"),
    named("line-token", "LINE token", "line channel access token|line channel", r"[A-Za-z0-9+/]{150,172}={0,2}", fill(170), "developers.line.biz/console"),
    named("pushover-token", "Pushover token", "pushover", r"[A-Za-z0-9]{30}", fill(30), "pushover.net, Your Applications"),
    Format("pushbullet-token", "Pushbullet token", ("pushbullet",), (r"o\.[A-Za-z0-9]{32}",), "o." + fill(32), "pushbullet.com/#settings/account", example='pushbullet_token = "{}"', fits=has_digit),
    named("onesignal-key", "OneSignal key", "onesignal|one signal", r"(?:[A-Za-z0-9]{48}|os_v2_(?:app|org)_[a-z0-9]{90,110})", fill(48), "dashboard.onesignal.com, Keys & IDs"),
    Format("zoom-secret", "Zoom secret", ("zoom",), (r"(?i:zoom)[^\r\n]{0,40}?(?:secret|SECRET|Secret)[^\r\n]{0,20}?[\s\"'=:](?P<secret>[A-Za-z0-9]{32})",), fill(32), "marketplace.zoom.us, Manage", example='zoom_client_secret = "{}"', fits=has_digit),
    named("pusher-secret", "Pusher secret", "pusher secret|pusher app secret|pusher api secret", r"[0-9a-f]{20}", hexadecimal(20), "dashboard.pusher.com, App Keys", common=True),
    named("ably-key", "Ably key", "ably", r"[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43}", fill(6) + "." + fill(6) + ":" + fill(43), "ably.com, API Keys", common=True),
    Format("pubnub-key", "PubNub key", ("sec-c-",), (r"sec-c-[A-Za-z0-9]{48,52}", rf"sec-c-{_UUID}"), "sec-c-" + fill(48), "admin.pubnub.com, Keyset", fits=has_digit),
    Format("pubnub-public-key", "PubNub public key", ("sub-c-", "pub-c-"), (rf"[ps]ub-c-{_UUID}",), "sub-c-" + uuid(), "admin.pubnub.com, Keyset", severity=Severity.INFO),
    named("mattermost-token", "Mattermost token", "mattermost", r"[a-z0-9]{26}", lower(26), "Mattermost, Security → Personal Access Tokens"),
    named("rocketchat-token", "Rocket.Chat token", "rocketchat|rocket chat", r"[A-Za-z0-9_-]{43}", fill(43)),
    named("beamer-token", "Beamer token", "beamer", r"b_[A-Za-z0-9=_-]{44}", "b_" + fill(44), "app.getbeamer.com/settings"),
    named("intercom-token", "Intercom token", "intercom", r"[A-Za-z0-9=_-]{60}", fill(60), "app.intercom.com, Developer Hub → Authentication"),
    named("zendesk-token", "Zendesk token", "zendesk", r"[A-Za-z0-9]{40}", fill(40), "Zendesk, Admin Center → API tokens"),
    named("freshdesk-key", "Freshdesk key", "freshdesk|freshservice|freshchat", r"[A-Za-z0-9]{20}", fill(20), "Freshdesk, Profile settings"),
    Format("frameio-token", "Frame.io token", ("fio-u-",), (r"fio-u-[A-Za-z0-9=_-]{64}",), "fio-u-" + fill(64), "developer.frame.io/app/tokens"),
    named("helpscout-secret", "Help Scout secret", "helpscout|help scout", r"[A-Za-z0-9]{56}", fill(56)),
    named("gitbook-token", "GitBook token", "gitbook", r"gb_api_[A-Za-z0-9]{40}", "gb_api_" + fill(40), "app.gitbook.com/account/developer"),
    Format("dingtalk-webhook", "DingTalk webhook token", ("oapi.dingtalk.com",), (r"oapi\.dingtalk\.com/robot/send\?access_token=(?P<secret>[0-9a-f]{64})",), hexadecimal(64), example='url = "https://oapi.dingtalk.com/robot/send?access_token={}"'),
    Format("dingtalk-webhook", "DingTalk webhook token", ("sec",), (r"SEC[0-9a-f]{64}",), "SEC" + hexadecimal(64)),
    Format("wecom-webhook", "WeCom webhook key", ("qyapi.weixin.qq.com",), (rf"qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?P<secret>{_UUID})",), uuid(), example='url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}"'),
    Format("lark-webhook", "Lark or Feishu webhook", ("/bot/v2/hook/",), (rf"(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/(?P<secret>{_UUID})",), uuid(), example='url = "https://open.feishu.cn/open-apis/bot/v2/hook/{}"'),
    Format("nylas-key", "Nylas key", ("nyk_v",), (r"nyk_v\d_[A-Za-z0-9]{60,}",), "nyk_v0_" + fill(64), "dashboard-v3.nylas.com, API Keys"),
)  # fmt: skip
