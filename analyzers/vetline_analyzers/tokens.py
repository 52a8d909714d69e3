"""The formats of providers' tokens: what each looks like, and how it is called.

A format names the plugin of detect-secrets that knows it, or brings a pattern of its own where there
is no plugin or the plugin is behind its time. Each says what a line must hold before a pattern is
tried on it; that is what makes a scan cheap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from vetline_analyzers.core.finding import Severity


@dataclass(frozen=True)
class Format:
    """One kind of token.

    Attributes:
        name: the rule's name, "aws-access-key".
        title: a noun phrase without article.
        anchors: lower-case strings of which a line holds one when it holds such a token.
        hint: a pattern that a line with such a token matches, where there is no anchor.
        plugin: module and class of detect-secrets' plugin, "aws.AWSKeyDetector".
        patterns: our own patterns; group 1 is the secret, without groups the whole match.
        whole: the plugin's groups are parts of the token, not the token.
        digit: without a digit it is a word.
        sample: a made-up token for the rule's example.
        example: a line of code with a place for the sample.
        severity: how bad it is.
    """

    name: str
    title: str
    anchors: tuple[str, ...] = ()
    hint: str = ""
    plugin: str = ""
    patterns: tuple[str, ...] = ()
    whole: bool = False
    digit: bool = False
    sample: str = ""
    example: str = 'client = Client("{}")'
    severity: Severity = Severity.HIGH

    @cached_property
    def compiled(self) -> tuple[re.Pattern[str], ...]:
        """Our own patterns, compiled when first needed: most lines need none."""
        return tuple(re.compile(rf"(?<![A-Za-z0-9]){pattern}") for pattern in self.patterns)


def _fill(count: int, alphabet: str = "k7Rz2mQx9TbW4vLp8Nf3HsY6cJd5Gg") -> str:
    """Characters for a sample that no scanner takes for a live token of ours."""
    return (alphabet * (count // len(alphabet) + 1))[:count]


def _hex(count: int) -> str:
    return _fill(count, "9c3f07ad5b81e264")


def _lower(count: int) -> str:
    return _fill(count, "k7rz2mqx9tbw4vlp8nf3hsy6cjd5gg")


def _upper(count: int) -> str:
    return _fill(count, "K7RZ2MQX5TBW4VLP3NF6HSY")


_OF_DETECT_SECRETS = (
    Format(
        "aws-access-key",
        "AWS access key",
        anchors=("akia", "asia", "abia", "acca", "a3t", "aws"),
        plugin="aws.AWSKeyDetector",
        sample="AKIA" + _upper(16),
        severity=Severity.CRITICAL,
    ),
    Format(
        "artifactory-credential",
        "Artifactory credential",
        hint=r"(?:AKC|AP[\dA-F])[A-Za-z0-9]{8}",
        plugin="artifactory.ArtifactoryDetector",
        patterns=(r"AKC[A-Za-z0-9]{17,}",),  # the plugin knows double quotes only
        digit=True,
        sample="AKC" + _fill(20),
    ),
    Format(
        "azure-storage-key",
        "Azure storage account key",
        anchors=("accountkey=",),
        plugin="azure_storage_key.AzureStorageKeyDetector",
        sample=_fill(86) + "==",
        example='client = Client("AccountName=shop;AccountKey={}")',
    ),
    Format(
        "url-password",
        "password in a URL",
        anchors=("://",),
        plugin="basic_auth.BasicAuthDetector",
        # the plugin wants a user's name, which Redis has none of
        patterns=(r"[a-z+]{3,20}://:([^:/?#\[\]@!$&'()*+,;={}<>\s\"]+)@",),
        sample="s9Kq" + "2vLx7",
        example='engine = create_engine("postgres://shop:{}@db.internal/shop")',
    ),
    Format(
        "cloudant-credential",
        "Cloudant credential",
        anchors=("cloudant", "cl_", "cl-", "clou", "clkey", "clp", "clapi", "cltoken"),
        plugin="cloudant.CloudantDetector",
        sample=_hex(64),
        example='cloudant_key = "{}"',
    ),
    Format(
        "discord-token",
        "Discord bot token",
        hint=r"\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27}",
        plugin="discord.DiscordBotTokenDetector",
        sample="M" + _fill(23) + "." + _fill(6) + "." + _fill(27),
    ),
    Format(
        "github-token",
        "GitHub token",
        anchors=("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        plugin="github_token.GitHubTokenDetector",
        patterns=(r"github_pat_[A-Za-z0-9_]{30,}", r"ghs_[A-Za-z0-9_.-]{60,}"),
        whole=True,
        sample="ghp_" + _fill(36),
        severity=Severity.CRITICAL,
    ),
    Format(
        "gitlab-token",
        "GitLab token",
        anchors=(
            *("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "gr1348941", "glcbt-", "glimt-"),
            *("glptt-", "glagent-", "gloas-"),
        ),
        plugin="gitlab_token.GitLabTokenDetector",
        whole=True,
        sample="glpat-" + _fill(20),
    ),
    Format(
        "ibm-cos-key",
        "IBM Cloud Object Storage key",
        hint=r"[0-9a-f]{48}",
        plugin="ibm_cos_hmac.IbmCosHmacDetector",
        sample=_hex(48),
        example='cos_hmac_secret_key = "{}"',
    ),
    Format(
        "json-web-token",
        "JSON web token",
        anchors=("eyj",),
        plugin="jwt.JwtTokenDetector",
        sample="eyJhbGciOiJI" + "UzI1NiJ9." + "eyJzdWIiOiJzaG9wIn0" + "." + _fill(43),
        severity=Severity.MEDIUM,  # many have long expired
    ),
    Format(
        "mailchimp-key",
        "Mailchimp key",
        anchors=("-us",),
        plugin="mailchimp.MailchimpDetector",
        sample=_hex(32) + "-us12",
    ),
    Format(
        "npm-token",
        "npm token",
        anchors=("_authtoken", "npm_"),
        plugin="npm.NpmDetector",
        patterns=(r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])",),
        sample="npm_" + _fill(36),
    ),
    Format(
        "openai-key",
        "OpenAI key",
        anchors=("t3blbkfj", "sk-proj-", "sk-svcacct-", "sk-admin-"),
        plugin="openai.OpenAIDetector",
        patterns=(r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}",),
        sample="sk-proj-" + _fill(64),
    ),
    Format(
        "pypi-token",
        "PyPI token",
        anchors=("pypi-",),
        plugin="pypi_token.PypiTokenDetector",
        sample="pypi-AgEIcHlw" + "aS5vcmc" + _fill(80),
        severity=Severity.CRITICAL,
    ),
    Format(
        "sendgrid-key",
        "SendGrid key",
        anchors=("sg.",),
        plugin="sendgrid.SendGridDetector",
        sample="SG." + _fill(22) + "." + _fill(43),
    ),
    Format(
        "slack-token",
        "Slack token or webhook",
        anchors=("xox", "xapp-", "hooks.slack.com"),
        plugin="slack.SlackDetector",
        patterns=(
            r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{30,}",
            r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{20,}",
        ),
        sample="xoxb-" + "2736450918-" * 2 + _fill(24),
    ),
    Format(
        "softlayer-credential",
        "SoftLayer credential",
        anchors=("softlayer", "sl_", "sl-", "slkey", "slp", "slapi", "sltoken"),
        plugin="softlayer.SoftlayerDetector",
        sample=_lower(64),
        example='softlayer_api_key = "{}"',
    ),
    Format(
        "square-secret",
        "Square OAuth secret",
        anchors=("sq0csp-", "sq0atp-", "eaaa"),
        plugin="square_oauth.SquareOAuthDetector",
        patterns=(r"sq0atp-[A-Za-z0-9_-]{22}", r"EAAA[A-Za-z0-9_-]{60}(?![A-Za-z0-9_-])"),
        sample="sq0csp-" + _fill(43),
    ),
    Format(
        "stripe-key",
        "Stripe key",
        anchors=("k_live_", "k_test_", "whsec_"),
        plugin="stripe.StripeDetector",
        patterns=(r"[sr]k_(?:live|test)_[A-Za-z0-9]{20,}", r"whsec_[A-Za-z0-9+/]{24,}=*"),
        sample="sk_" + "live_" + _fill(24),
        severity=Severity.CRITICAL,
    ),
    Format(
        "telegram-token",
        "Telegram bot token",
        hint=r"\d{8,10}:[0-9A-Za-z_-]{35}",
        plugin="telegram_token.TelegramBotTokenDetector",
        sample="718205" + "3946:" + _fill(35),
    ),
    Format(
        "twilio-key",
        "Twilio key",
        hint=r"(?:AC|SK)[a-z0-9]{32}",
        plugin="twilio.TwilioKeyDetector",
        sample="SK" + _hex(32),
    ),
)


# name, title, anchors, pattern, sample. From the providers' public descriptions of their tokens.
_OWN: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("airtable-token", "Airtable token", (".",), r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", "pat" + _fill(14) + "." + _hex(64)),
    ("anthropic-key", "Anthropic key", ("sk-ant-",), r"sk-ant-[a-z]+\d{2}-[A-Za-z0-9_-]{24,}", "sk-ant-" + "api03-" + _fill(93) + "AA"),
    ("atlassian-token", "Atlassian token", ("atatt3",), r"ATATT3[A-Za-z0-9_=-]{60,}", "ATATT3" + _fill(180)),
    ("azure-client-secret", "Azure client secret", ("q~",), r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", _fill(3) + "8Q~" + _fill(34)),
    ("databricks-token", "Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?:-\d)?(?![A-Za-z0-9])", "dapi" + _hex(32)),
    ("digitalocean-token", "DigitalOcean token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64}", "dop_" + "v1_" + _hex(64)),
    ("docker-token", "Docker token", ("dckr_",), r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}", "dckr_" + "pat_" + _fill(27)),
    ("doppler-token", "Doppler token", ("dp.",), r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}", "dp." + "pt." + _fill(43)),
    ("figma-token", "Figma token", ("figd_",), r"figd_[A-Za-z0-9_-]{38,}", "figd_" + _fill(43)),
    ("google-api-key", "Google API key", ("aiza",), r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])", "AIza" + _fill(35)),
    ("google-oauth-secret", "Google OAuth secret", ("gocspx-",), r"GOCSPX-[A-Za-z0-9_-]{28}", "GOCSPX-" + _fill(28)),
    ("grafana-token", "Grafana token", ("glsa_", "glc_"), r"(?:glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/]{32,}=*)", "glsa_" + _fill(32) + "_" + _hex(8)),
    ("groq-key", "Groq key", ("gsk_",), r"gsk_[A-Za-z0-9]{40,}", "gsk_" + _fill(52)),
    ("huggingface-token", "Hugging Face token", ("hf_", "api_org_"), r"(?:hf_|api_org_)[A-Za-z0-9]{30,}", "hf_" + _fill(34)),
    ("langsmith-key", "LangSmith key", ("lsv2_",), r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", "lsv2_" + "pt_" + _hex(32) + "_" + _hex(10)),
    ("linear-key", "Linear key", ("lin_",), r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}", "lin_" + "api_" + _fill(40)),
    ("mailgun-key", "Mailgun key", ("key-",), r"key-[0-9a-f]{32}(?![A-Za-z0-9])", "key-" + _hex(32)),
    ("newrelic-key", "New Relic key", ("nrak-", "nriq-", "nrjs-"), r"NR(?:AK|IQ|JS)-[A-Za-z0-9_-]{19,}", "NRAK-" + _upper(27)),
    ("notion-token", "Notion token", ("ntn_", "secret_"), r"(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?![A-Za-z0-9]))", "ntn_" + _fill(46)),
    ("openrouter-key", "OpenRouter key", ("sk-or-",), r"sk-or-v\d-[0-9a-f]{64}", "sk-or-" + "v1-" + _hex(64)),
    ("perplexity-key", "Perplexity key", ("pplx-",), r"pplx-[A-Za-z0-9]{40,}", "pplx-" + _fill(48)),
    ("planetscale-token", "PlanetScale token", ("pscale_",), r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}", "pscale_" + "tkn_" + _fill(43)),
    ("postman-key", "Postman key", ("pmak-",), r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-" + _hex(24) + "-" + _hex(34)),
    ("replicate-token", "Replicate token", ("r8_",), r"r8_[A-Za-z0-9]{37,40}(?![A-Za-z0-9])", "r8_" + _fill(37)),
    ("sentry-token", "Sentry token", ("sntrys_", "sntryu_"), r"sntry[su]_[A-Za-z0-9+/=_]{60,}", "sntryu_" + _hex(64)),
    ("shopify-token", "Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", "shpat_" + _hex(32)),
    ("supabase-token", "Supabase token", ("sbp_", "sb_secret_"), r"(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,})", "sbp_" + _hex(40)),
    ("tailscale-key", "Tailscale key", ("tskey-",), r"tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{20,}", "tskey-" + "auth-" + _fill(17) + "-" + _fill(32)),
    ("terraform-token", "Terraform token", (".atlasv1.",), r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}", _fill(14) + "." + "atlasv1." + _fill(67)),
    ("vault-token", "Vault token", ("hvs.", "hvb.", "hvr."), r"hv[sbr]\.[A-Za-z0-9_-]{24,}", "hvs." + _fill(95)),
    ("vercel-token", "Vercel token", ("vcp_", "vci_", "vca_", "vcr_", "vck_"), r"vc[piark]_[A-Za-z0-9]{56,}", "vcp_" + _fill(56)),
    ("xai-key", "xAI key", ("xai-",), r"xai-[A-Za-z0-9]{60,}", "xai-" + _fill(80)),
)  # fmt: skip


@cache
def formats() -> tuple[Format, ...]:
    """Every format known."""
    own = (
        Format(name, title, anchors=anchors, patterns=(pattern,), sample=sample)
        for name, title, anchors, pattern, sample in _OWN
    )
    return (*_OF_DETECT_SECRETS, *own)
