"""Tokens of forges, of what builds and of what looks at code."""

from __future__ import annotations

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

FORMATS = (
    Format("github-token", "GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), (r"gh[pousr]_[A-Za-z0-9]{36,}", r"github_pat_[A-Za-z0-9_]{30,}", r"ghs_[A-Za-z0-9_.-]{60,}"), "ghp_" + fill(36), "github.com/settings/tokens", severity=Severity.CRITICAL, proves=checksums.github),
    named("github-token", "GitHub token", "github|gh token|gh pat", r"(?:v1\.)?[0-9a-f]{40}", hexadecimal(40), "github.com/settings/tokens", common=True),
    Format("gitlab-token", "GitLab token", ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glrtr-", "gr1348941", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-", "glffct-", "glwt-", "_gitlab_session="), (r"gl(?:pat|dt|ft|soat|rt|rtr|cbt|imt|ptt|agent|oas|ffct|wt)-[A-Za-z0-9_-]{20,}(?:\.[0-9a-z]{2})?(?:\.[0-9a-z]{9})?", r"glcbt-[0-9a-zA-Z]{1,5}_[0-9a-zA-Z_-]{20}", r"GR1348941[A-Za-z0-9_-]{20,50}", r"_gitlab_session=(?P<secret>[0-9a-z]{32})"), "glpat-" + fill(20), "gitlab.com, Preferences → Access tokens", severity=Severity.CRITICAL, proves=checksums.gitlab),
    Format("bitbucket-token", "Bitbucket token", ("atbb", "atctt3", "bbdc-"), (r"ATBB[A-Za-z0-9_=.-]{24,32}", r"ATCTT3[A-Za-z0-9_=-]{60,}", r"BBDC-[A-Za-z0-9+/]{40,60}={0,2}"), "ATBB" + fill(24) + upper(8), "bitbucket.org/account/settings/app-passwords"),
    named("bitbucket-secret", "Bitbucket secret", "bitbucket", r"(?:[A-Za-z0-9=_-]{64}|[A-Za-z0-9]{32})", fill(64), "bitbucket.org, Workspace settings → OAuth consumers"),
    Format("atlassian-token", "Atlassian token", ("atatt3",), (r"ATATT3[A-Za-z0-9_=-]{60,}",), "ATATT3" + fill(180) + "=" + upper(8), "id.atlassian.com/manage-profile/security/api-tokens", severity=Severity.CRITICAL, proves=checksums.atlassian),
    named("atlassian-token", "Atlassian token", "atlassian|jira|confluence", r"[A-Za-z0-9]{24}", fill(24), "id.atlassian.com/manage-profile/security/api-tokens", common=True),
    named("gitea-token", "Gitea token", "gitea|forgejo|codeberg", r"[0-9a-f]{40}", hexadecimal(40), "Gitea, Settings → Applications"),
    Format("sourcegraph-token", "Sourcegraph token", ("sgp_", "slk_", "sgd_"), (r"sgp_(?:(?:local|[0-9a-fA-F]{16})_)?[0-9a-fA-F]{40}", r"(?:slk|sgd|sgph)_[0-9a-f]{64}"), "sgp_" + hexadecimal(16) + "_" + hexadecimal(40), "Sourcegraph, Settings → Access tokens"),
    named("sourcegraph-token", "Sourcegraph token", "sourcegraph", r"[0-9a-fA-F]{40}", hexadecimal(40), "Sourcegraph, Settings → Access tokens"),
    named("gitter-token", "Gitter token", "gitter", r"[a-z0-9_-]{40}", lower(40)),
    named("codecov-token", "Codecov token", "codecov", rf"(?:[a-z0-9]{{32}}|{_UUID})", lower(32), "app.codecov.io, the repository's Settings"),
    named("codeclimate-token", "Code Climate token", "codeclimate|code climate|cc test reporter id", r"[0-9a-f]{64}", hexadecimal(64), "codeclimate.com, Repo Settings → Test coverage"),
    named("coveralls-token", "Coveralls token", "coveralls", r"[A-Za-z0-9]{32,37}", fill(33), "coveralls.io, the repository's page"),
    named("codacy-token", "Codacy token", "codacy", r"(?:[0-9a-f]{32}|[A-Za-z0-9]{20})", hexadecimal(32), "app.codacy.com, Settings → Integrations"),
    Format("sonar-token", "Sonar token", ("squ_", "sqp_", "sqa_"), (r"sq[upa]_[0-9a-f]{40}",), "squ_" + hexadecimal(40), "SonarQube, My Account → Security"),
    named("sonar-token", "Sonar token", "sonar", r"[0-9A-Za-z]{40}", hexadecimal(40), "SonarQube, My Account → Security", common=True),
    named("snyk-token", "Snyk token", "snyk", _UUID, uuid(), "app.snyk.io/account"),
    named("travis-token", "Travis CI token", "travis ci|travis", r"[A-Za-z0-9_-]{20,22}", fill(22), "app.travis-ci.com/account/preferences", common=True),
    Format("circleci-token", "CircleCI token", ("ccipat_", "cciprj_"), (r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}",), "CCIPAT_" + fill(22) + "_" + hexadecimal(40), "app.circleci.com/settings/user/tokens"),
    named("circleci-token", "CircleCI token", "circleci|circle ci|circle token", r"[0-9a-f]{40}", hexadecimal(40), "app.circleci.com/settings/user/tokens"),
    named("drone-token", "Drone CI token", "droneci|drone ci|drone", r"[A-Za-z0-9]{32}", fill(32), "Drone, User settings", common=True),
    Format("buildkite-token", "Buildkite token", ("bkua_", "bkct_", "bkpt_", "bkaj_"), (r"bk(?:ua|pt|aj)_[0-9a-zA-Z]{40}", r"bkct_[A-Za-z0-9_.-]{40,}"), "bkua_" + hexadecimal(40), "buildkite.com/user/api-access-tokens"),
    named("buildkite-token", "Buildkite token", "buildkite", r"(?:[0-9a-f]{40}|[0-9a-f]{50})", hexadecimal(40), "buildkite.com/user/api-access-tokens"),
    named("appveyor-token", "AppVeyor token", "appveyor", r"(?:v2\.)?[a-z0-9]{20}", "v2." + lower(20), "ci.appveyor.com/api-keys"),
    Format("octopus-key", "Octopus Deploy key", ("api-",), (r"API-[A-Z0-9]{25,32}",), "API-" + upper(26), "Octopus, My Profile → API Keys", fits=has_digit),
    Format("harness-token", "Harness token", ("pat.", "sat."), (r"[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-zA-Z]{24}\.[A-Za-z0-9]{20}",), "pat." + fill(22) + "." + hexadecimal(24) + "." + fill(20), "app.harness.io, My API Keys"),
    Format("stackhawk-key", "StackHawk key", ("hawk.",), (r"hawk\.[A-Za-z0-9_-]{20}\.[A-Za-z0-9_-]{20}",), "hawk." + fill(20) + "." + fill(20), "app.stackhawk.com/settings/apikeys"),
    Format("dependency-track-key", "Dependency-Track key", ("odt_",), (r"odt_(?:[A-Za-z0-9]{8}_)?[A-Za-z0-9]{32,40}",), "odt_" + fill(32), "Dependency-Track, Administration → Access Management → Teams"),
    named("jenkins-token", "Jenkins token", "jenkins", r"(?:11[0-9a-f]{32}|[0-9a-f]{32})", "11" + hexadecimal(32), "Jenkins, your user → Security → API Token"),
    Format("teamcity-token", "TeamCity token", ("eyj0exaioiaivenwmij9.",), (r"eyJ0eXAiOiAiVENWMiJ9\.[A-Za-z0-9_-]{36}\.[A-Za-z0-9_-]{48}",), "eyJ0eXAiOiAiVENWMiJ9." + fill(36) + "." + fill(48), "TeamCity, Profile → Access Tokens"),
    Format("postman-key", "Postman key", ("pmak-", "pmat-"), (r"PMAK-[0-9a-fA-F]{24}-[0-9a-fA-F]{34}", r"PMAT-[0-9A-Z]{26}"), "PMAK-" + hexadecimal(24) + "-" + hexadecimal(34), "go.postman.co/settings/me/api-keys"),
    Format("infracost-key", "Infracost key", ("ico-",), (r"ico-[A-Za-z0-9]{32}",), "ico-" + fill(32), "dashboard.infracost.io, Org Settings", fits=has_digit),
    named("codefresh-token", "Codefresh token", "codefresh", r"[0-9a-f]{24}\.[0-9a-f]{32}", hexadecimal(24) + "." + hexadecimal(32), "g.codefresh.io/user/settings"),
    named("bitrise-token", "Bitrise token", "bitrise", r"[A-Za-z0-9_-]{86}", fill(86), "app.bitrise.io/me/account/security"),
    named("deepsource-token", "DeepSource token", "deepsource", r"[A-Za-z0-9_]{40,64}", fill(40)),
    named("gitguardian-key", "GitGuardian key", "gitguardian|git guardian", r"[A-Za-z0-9]{71}", fill(71), "dashboard.gitguardian.com/api/personal-access-tokens"),
    named("semgrep-token", "Semgrep token", "semgrep", r"[0-9a-f]{64}", hexadecimal(64), "semgrep.dev/orgs/-/settings/tokens"),
    Format("localstack-token", "LocalStack token", ("ls-",), (r"ls-[A-Za-z]{4,12}-[A-Za-z0-9]{4}-[A-Za-z0-9]{4}-[A-Za-z0-9]{4}-[0-9a-f]{4}[0-9a-f]{8}",), "ls-" + "kRzmQxTb-9TbW-4vLp-8Nf3-" + hexadecimal(12), "app.localstack.cloud, Auth Tokens"),
    Format("readme-key", "ReadMe key", ("rdme_",), (r"rdme_[a-z0-9]{60,80}",), "rdme_" + lower(70), "dash.readme.com, Configuration → API Keys"),
)  # fmt: skip
