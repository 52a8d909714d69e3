"""Import names: which distributions provide them, which mean another package when they are installed by that name."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from vetline_analyzers.core.universe import Ecosystem, package
from vetline_analyzers.supply.slips import Slip, keys, slip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_MANY = 20  # distributions that provide a name; from there on it is either a namespace or nobody's
_RELATED = 0.25  # of the much downloaded ones that are named like it, at least
_SHARED = 3  # much downloaded distributions that begin with a name: a namespace
_PER_NAME = 400  # providers that are kept; azure has the most
_APART = 4  # times more downloaded is the package that is meant
_FAR_APART = 20  # so many times, where the other one is still looked after
_POPULAR = 1_000  # ranks up to this one are worth a squatter's while
_ASKED_FOR = 800  # ranks better than this are meant themselves

# Namespaces that wheels do not tell, for they have no file that lists them (PEP 420), and what their distributions are called.
# Of airflow the providers alone: airflow itself is one package.
_NAMESPACES = {
    "airflow.providers": "apache-airflow-providers",
    "langgraph.checkpoint": "langgraph-checkpoint",
    "llama_index": "llama-index",
    "opentelemetry": "opentelemetry",
    "sphinxcontrib": "sphinxcontrib",
    "zope": "zope",
}
# Modules of namespaces that are called otherwise than their distributions.
_CALLED_OTHERWISE = {
    "airflow": ("apache-airflow", "apache-airflow-core"),
    "azure.storage.filedatalake": ("azure-storage-file-datalake",),
    "azure.storage.fileshare": ("azure-storage-file-share",),
    "google.api": ("googleapis-common-protos",),
    "google.iam": ("grpc-google-iam-v1",),
    "google.logging": ("googleapis-common-protos",),
    "google.longrunning": ("googleapis-common-protos",),
    "google.oauth2": ("google-auth",),
    "google.protobuf": ("protobuf",),
    "google.rpc": ("googleapis-common-protos",),
    "google.type": ("googleapis-common-protos",),
    **{
        f"opentelemetry.{name}": ("opentelemetry-api",)
        for name in (
            *("attributes", "baggage", "context", "environment_variables", "metrics", "propagate"),
            *("propagators", "trace", "util", "version"),
        )
    },
    "opentelemetry.semconv": ("opentelemetry-semantic-conventions",),
}
# What well-known packages were called once, or are called by people, where another package has that name now.
_OLD_NAMES = {
    "beautifulsoup": "beautifulsoup4",
    "distribute": "setuptools",
    "fake-factory": "faker",
    "mysql-python": "mysqlclient",
    "opencv": "opencv-python",
    "py-bcrypt": "bcrypt",
    "pytorch": "torch",
    "tensorflow-gpu": "tensorflow",
}
# Names everybody uses for their own modules; some distribution installs them by mistake.
_NOBODYS = frozenset(
    {
        "app",
        "build",
        "config",
        "core",
        "data",
        "docs",
        "example",
        "examples",
        "helpers",
        "images",
        "lib",
        "main",
    }
    | {
        "models",
        "results",
        "scripts",
        "setup",
        "src",
        "test",
        "testing",
        "tests",
        "tools",
        "utils",
        "version",
    }
)


class Known(NamedTuple):
    """What the build knows of the names of PyPI.

    Attributes:
        has: whether there is such a distribution.
        ranks: the much downloaded ones.
        is_old: whether one had its last release more than two years ago.
    """

    has: Callable[[str], bool]
    ranks: Mapping[str, int]
    is_old: Callable[[str], bool]


class Tables(NamedTuple):
    """What is made of import names.

    Attributes:
        providers: key → ranks of distributions. A key is an import name; a distribution's name or the beginning of one, for those
            of namespaces; or "=" and the name of a package that is not the one that is meant.
        modules: how many of the keys are import names.
        obscure: import names of distributions that are not much downloaded.
        namespaces: as of the manifest.
    """

    providers: dict[str, list[int]]
    modules: int
    obscure: list[str]
    namespaces: dict[str, str]


def tables(pairs: Iterable[tuple[str, str]], known: Known) -> Tables:
    """Sort out what import names there are.

    Args:
        pairs: import name and distribution.
        known: the names of the day.
    """
    provided: dict[str, set[str]] = defaultdict(set)
    for module, distribution in pairs:
        if _is_module(module) and known.has(distribution):
            provided[module].add(distribution)
    nobodys = {name for name, found in provided.items() if _is_nobodys(name, found, known)}
    namespaces = dict(_NAMESPACES)
    table: dict[str, list[int]] = {}
    for module, found in provided.items():
        if module not in nobodys:
            _take(module, found, known, table, namespaces)
    for module, names in _CALLED_OTHERWISE.items():
        if ranks := sorted(known.ranks[name] for name in names if name in known.ranks):
            table[module] = sorted({*ranks, *table.get(module, ())})
    for name, meant in _OLD_NAMES.items():
        if meant in known.ranks:
            table[f"={name}"] = [known.ranks[meant]]
    count = sum(key[0] != "=" for key in table)
    for key, ranks in _of_namespaces(namespaces.values(), known.ranks):
        table[key] = sorted({*ranks, *table.get(key, ())})[:_PER_NAME]
    popular = _filed(name for name, rank in known.ranks.items() if rank <= _POPULAR)
    obscure = nobodys | {
        module for module, found in provided.items() if _is_obscure(module, found, known, popular)
    }
    return Tables(table, count, sorted(obscure), namespaces)


def _take(
    module: str,
    found: set[str],
    known: Known,
    table: dict[str, list[int]],
    namespaces: dict[str, str],
) -> None:
    """Put into the tables what is to be kept of one import name."""
    ranks = sorted(known.ranks[one] for one in found if one in known.ranks)
    if not ranks:
        return
    bare = _bare(module)
    own = known.ranks.get(bare)
    beginnings = sum(one.startswith(f"{bare}-") for one in found if one in known.ranks)
    # The variants of one package ("tensorflow-cpu") are not parts of a namespace.
    if own != ranks[0] and beginnings >= _SHARED and beginnings * 2 > len(ranks):
        namespaces.setdefault(module, bare)
    if ranks != [own]:
        table[module] = ranks[:_PER_NAME]
    if module not in namespaces and (meant := _meant(bare, found, ranks, known)):
        table[f"={bare}"] = [meant]


def _is_module(name: str) -> bool:
    return name.isidentifier() and name.isascii() and not name.startswith("__")


def _is_nobodys(module: str, found: set[str], known: Known) -> bool:
    """Whether so many provide a name that it tells nothing."""
    if module in _NOBODYS:
        return True
    if len(found) < _MANY:
        return False
    ranked = [name for name in found if name in known.ranks]
    bare = _letters(module)
    families = Counter(name.partition("-")[0] for name in ranked)
    if len(ranked) > 1 and families.most_common(1)[0][1] * 2 > len(ranked):
        return False  # "opencv-python" and "opencv-python-headless" share "cv2"
    return sum(bare in _letters(name) for name in ranked) < _RELATED * len(ranked)


def _is_obscure(
    module: str, found: set[str], known: Known, popular: Mapping[str, list[str]]
) -> bool:
    """Whether a name is a module of distributions that are not much downloaded, and of those alone.

    One that is a slip away from a popular name would excuse just what is to be found.
    """
    bare = _bare(module)
    if known.has(bare) or any(one in known.ranks for one in found):
        return False
    return not any(
        slip(bare, other) is Slip.SMALL for key in keys(bare) for other in popular.get(key, ())
    )


def _filed(names: Iterable[str]) -> Mapping[str, list[str]]:
    """Names by what they may be mistaken for."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for key in keys(name):
            found[key].append(name)
    return found


def _meant(name: str, found: set[str], ranks: list[int], known: Known) -> int:
    """The rank of the package that is meant by the name of a module; 0 when it is the one of that name."""
    best, own = ranks[0], known.ranks.get(name, 0)
    meant = next(one for one in found if known.ranks.get(one) == best)
    if meant == name:
        return 0
    if own:
        apart = own > _FAR_APART * best or (own > _APART * best and known.is_old(name))
        return best if own > _ASKED_FOR and apart else 0
    related = _letters(name) in _letters(meant) or name not in found
    return best if related or not known.has(name) else 0


def _of_namespaces(
    heads: Iterable[str], ranks: Mapping[str, int]
) -> Iterator[tuple[str, list[int]]]:
    """For the beginnings of distributions' names, up to three words behind a namespace's, whose names begin so."""
    found: dict[str, list[int]] = defaultdict(list)
    for head in set(heads):
        for name, rank in ranks.items():
            if name == head or name.startswith(f"{head}-"):
                words = name.removeprefix(head).split("-")
                for count in range(1, min(len(words), 4) + 1):
                    key = head + "-".join(words[:count])
                    found[key].append(rank)
                if len(words) > 4:  # noqa: PLR2004 - the whole name, beyond the words above
                    found[name].append(rank)
    return iter(found.items())


def _bare(module: str) -> str:
    return package(Ecosystem.PYPI, module).name


def _letters(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()
