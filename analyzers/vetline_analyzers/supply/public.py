"""Which hosts are public: registries where anybody may publish, their mirrors, and projects' own public indexes.

Hosts are facts of their services' documentation. A host that is not listed counts as somebody's own, which matters
only together with more: see `vetline.registries.confusion`.
"""

from __future__ import annotations

from vetline_analyzers.core.universe import Ecosystem

ADDRESS = {
    Ecosystem.PYPI: "https://pypi.org/simple",
    Ecosystem.NPM: "https://registry.npmjs.org",
}
# Anybody may publish under any free name.
_REGISTRIES = {
    Ecosystem.PYPI: ("pypi.org", "pypi.python.org", "pythonhosted.org"),
    Ecosystem.NPM: ("registry.npmjs.org", "registry.npmjs.com", "registry.yarnpkg.com"),
}
# Copies of the above: what they have, the public registry has. Most say so in their name.
_MIRRORS = (
    "aliyun.com",
    "tencent.com",
    "tencentyun.com",
    "huaweicloud.com",
    "163.com",
    "volces.com",
    "douban.com",
    "doubanio.com",
    "edu.cn",
    "ustc.edu.cn",
    "npmmirror.com",
    "npm.taobao.org",
    "cnpmjs.org",
    "piwheels.org",
    "gitpod.io",
)
_MIRROR_WORDS = ("mirror", "tuna.", "sjtug.", "cnpm")
# Public indexes of single projects: their packages are public, whoever else has the name.
_PROJECTS = (
    "pytorch.org",
    "pyg.org",
    "pypi.nvidia.com",
    "pypi.ngc.nvidia.com",
    "storage.googleapis.com",
    "github.io",
    "gitlab.io",
    "readthedocs.io",
    "anaconda.org",
    "flashinfer.ai",
    "vllm.ai",
    "sglang.ai",
    "pytorch-extension.intel.com",
    "repo.radeon.com",
    "dl.modular.com",
    "dgl.ai",
    "wxpython.org",
    "galaxyproject.org",
    "scientific-python.org",
    "jsr.io",
    "buf.build",
    "home-assistant.io",
    "huggingface.co",
    "jetson-ai-lab.dev",
    "mlc.ai",
    "openmmlab.com",
    "paddlepaddle.org.cn",
    "oneflow.info",
    "h2o.ai",
)


def is_registry(host: str, ecosystem: Ecosystem) -> bool:
    """Whether anybody may publish there."""
    return _is_under(host, _REGISTRIES[ecosystem])


def is_known(host: str, ecosystem: Ecosystem) -> bool:
    """Whether a host is public: a registry, a mirror of one, a public index of a project."""
    return (
        is_registry(host, ecosystem)
        or _is_under(host, _MIRRORS)
        or _is_under(host, _PROJECTS)
        or any(word in host for word in _MIRROR_WORDS)
    )


def _is_under(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)
