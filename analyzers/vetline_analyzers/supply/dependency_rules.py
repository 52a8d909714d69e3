"""The rules on what a manifest or a lock file says of its dependencies: versions, hashes, sources."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Rule, Severity

VULNERABLE = Rule(
    id="dependency/vulnerable",
    title="Dependency with a known vulnerability",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1395,),
    page="An advisory says that the version that is asked for, or every version that is admitted, has a vulnerability. "
    "The severity is that of the worst advisory, by its CVSS score; medium where it has none. Advisories come with "
    "`vetline advisories update`; what they say is as old as they are, and the evidence names their day.",
    attack="Looks up what the version is known to be vulnerable to, and uses it.",
    advice="Take the nearest version that is fixed, and lock it. Where none is, find out whether your use is affected, or "
    "replace the package.",
    language="text",
    path="requirements.txt",
    bad=("vulnerable==1.0\n", "vulnerable<2\n"),
    good=("vulnerable==2.0\n", "vulnerable>=2\n"),
)
YANKED = Rule(
    id="dependency/yanked",
    title="Version that its maker withdrew",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    cwe=(1357,),
    page="The registry says that the version was yanked (PEP 592): its maker withdrew it, because it is broken, insecure or "
    "was not meant to be. An installer still takes it where it is pinned.",
    attack="Counts on pins that keep a withdrawn version alive.",
    advice="Take the next version that was not withdrawn.",
    language="text",
    path="requirements.txt",
    bad=("yanked==1.0\n",),
    good=("yanked==1.1\n",),
)
UNPINNED = Rule(
    id="dependency/unpinned",
    title="Dependency without one version",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(1357,),
    page="The setting `dependencies.pinned` asks for one version of each dependency, in the manifest or in a lock file, and "
    "this one has none: what is installed is whatever is newest on the day.",
    attack="Publishes a new version and waits for the next build.",
    advice="Name one version (`==2.1.0`), or write a lock file and keep it in the repository.",
    language="text",
    path="requirements.txt",
    bad=("loose>=1\n", "loose\n"),
    good=("loose==1.0\n",),
)
UNHASHED = Rule(
    id="dependency/unhashed",
    title="Dependency without a hash",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(494,),
    page="The setting `dependencies.hashed` asks for a hash beside each version, and this one has none: whoever can change "
    "what an index serves changes what is installed.",
    attack="Serves another file under the same version, from a mirror, a cache or a registry that was broken into.",
    advice="Have the lock file written with hashes: `pip-compile --generate-hashes`, `uv pip compile --generate-hashes`, or "
    "a format that always has them.",
    language="text",
    path="requirements.txt",
    bad=("plain==1.0\n",),
    good=("plain==1.0 --hash=sha256:" + "0123456789abcdef" * 4 + "\n",),
)
SOURCE = Rule(
    id="dependency/other-source",
    title="Dependency that comes from somewhere else",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    cwe=(829, 494),
    page="The package, or the list of packages, does not come from the registry but from an address: over a connection that "
    "anybody on the way can change (`http`, `git`), from a host that the setting `dependencies.sources` does not name, "
    "as an archive that no hash vouches for, or from a branch that moves. No advisory knows what is there.",
    attack="Changes what the address serves, or what is on its way, and is installed with the rest.",
    advice="Take the release from the registry. Where that cannot be, use `https`, name a commit or a hash, and name the host "
    "in `dependencies.sources`.",
    language="text",
    path="requirements.txt",
    bad=(
        "shop @ http://example.com/shop-1.0.tar.gz\n",
        "--index-url http://packages.example.com/simple\nshop\n",
    ),
    good=(
        "shop==1.0\n",
        "shop @ https://example.com/shop-1.0.tar.gz#sha256=" + "0123456789abcdef" * 4 + "\n",
    ),
)
RULES = (VULNERABLE, YANKED, UNPINNED, UNHASHED, SOURCE)
