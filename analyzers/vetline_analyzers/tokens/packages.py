"""Tokens with which packages and images are published."""

from __future__ import annotations

from vetline_analyzers.core.finding import Severity
from vetline_analyzers.secret import checksums
from vetline_analyzers.secret.format import Format, fill, has_digit, hexadecimal, lower, named, uuid

FORMATS = (
    Format("npm-token", "npm token", ("_authtoken", "npm_"), (r"npm_[A-Za-z0-9]{36}", r"_authToken\s{0,3}=\s{0,3}[\"']?(?P<secret>(?:npm_|NpmToken\.)?[A-Za-z0-9_+/=-]{20,200})"), "npm_" + fill(36), "npmjs.com, Access Tokens", severity=Severity.CRITICAL, fits=has_digit, proves=checksums.github),
    Format("pypi-token", "PyPI token", ("pypi-ageichlwas5vcmc", "pypi-agendgvzdc5wexbplm9yzw"), (r"pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,}",), "pypi-AgEIcHlw" + "aS5vcmc" + fill(80), "PyPI, Account settings → API tokens", severity=Severity.CRITICAL, proves=checksums.macaroon),
    Format("rubygems-key", "RubyGems key", ("rubygems_",), (r"rubygems_[0-9a-f]{48}",), "rubygems_" + hexadecimal(48), "rubygems.org/profile/api_keys", severity=Severity.CRITICAL),
    Format("crates-token", "crates.io token", ("cio",), (r"cio[A-Za-z0-9]{32}(?![+/=])",), "cio" + fill(32), "crates.io/settings/tokens", severity=Severity.CRITICAL, fits=has_digit),
    Format("nuget-key", "NuGet key", ("oy2",), (r"(?<![/+])oy2[a-z0-9]{43}(?![/+=])",), "oy2" + lower(43), "nuget.org/account/apikeys", severity=Severity.CRITICAL),
    Format("clojars-token", "Clojars token", ("clojars_",), (r"(?i:CLOJARS_)[0-9a-z]{60}",), "CLOJARS_" + hexadecimal(60), "clojars.org/tokens", severity=Severity.CRITICAL),
    Format("docker-token", "Docker token", ("dckr_",), (r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}",), "dckr_" + "pat_" + fill(27), "app.docker.com/settings/personal-access-tokens", severity=Severity.CRITICAL),
    named("docker-token", "Docker token", "docker hub|docker", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", uuid(), "app.docker.com/settings/personal-access-tokens", common=True),
    Format("artifactory-credential", "Artifactory credential", ("akc", "ap5", "ap6", "cmvmdgtuoj", "cmvmd"), (r"(?<![/+])AKC[A-Za-z0-9]{17,120}(?![/+=])", r"(?<![/+])cmVmd[A-Za-z0-9]{59}(?![/+=])", r"(?:artifactory[\w:.-]{0,20}|artif[\w-]{0,10}key|_password|X-JFrog-Art-Api)[\"' ]{0,2}[:=] ?[\"']?(?P<secret>A(?:KC|P[0-9A-F])[A-Za-z0-9+/]{8,})"), "AKC" + fill(70), "JFrog, User Profile → Identity Tokens", fits=has_digit),
    named("jfrog-key", "JFrog key", "jfrog|artifactory|bintray|xray", r"(?:[a-z0-9]{73}|[a-z0-9]{64})", lower(73), "JFrog, User Profile → Identity Tokens"),
    Format("terraform-token", "Terraform token", (".atlasv1.",), (r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}",), fill(14) + "." + "atlasv1." + fill(67), "app.terraform.io/app/settings/tokens", severity=Severity.CRITICAL),
    Format("pulumi-token", "Pulumi token", ("pul-",), (r"pul-[0-9a-f]{40}",), "pul-" + hexadecimal(40), "app.pulumi.com/account/tokens"),
    Format("packagist-token", "Packagist token", ("packagist_",), (r"packagist_(?:ack|uut|oct)_[0-9a-f]{40,}",), "packagist_ack_" + hexadecimal(68), "packagist.com, API access"),
    named("hex-key", "Hex key", "hex api|hex pm", r"[0-9a-f]{32}", hexadecimal(32), "hex.pm/dashboard/keys", common=True),
    named("cloudsmith-key", "Cloudsmith key", "cloudsmith", r"[0-9a-f]{40}", hexadecimal(40), "cloudsmith.io/user/settings/api"),
    named("gemfury-token", "Gemfury token", "gemfury|fury", r"[A-Za-z0-9]{20}", fill(20), "manage.fury.io, Tokens", common=True),
    named("libraries-io-key", "Libraries.io key", "libraries io", r"[0-9a-f]{32}", hexadecimal(32), "libraries.io/account"),
    named("tidelift-key", "Tidelift key", "tidelift", r"[A-Za-z0-9+/_-]{40,64}", fill(48)),
    named("packagecloud-token", "packagecloud token", "packagecloud", r"[0-9a-f]{48}", hexadecimal(48), "packagecloud.io/api_token"),
    named("sidekiq-credential", "Sidekiq credential", "contribsys com|contribsys", r"[0-9a-f]{8}:[0-9a-f]{8}", f"{hexadecimal(8)}:{hexadecimal(8)}"),
    Format("sidekiq-credential", "Sidekiq credential", ("contribsys.com",), (r"https?://(?P<secret>[0-9a-f]{8}:[0-9a-f]{8})@[a-z.]{0,20}contribsys\.com",), f"{hexadecimal(8)}:{hexadecimal(8)}", example='source = "https://{}@gems.contribsys.com/"'),
)  # fmt: skip
