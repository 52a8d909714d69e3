"""Which distributions may provide a Python module, where the map of a universe does not tell."""

from __future__ import annotations

from functools import lru_cache

# Import name → normalised distributions that provide it. Where an import name equals its
# distribution's, or differs by a common prefix, `candidates` tells without a table.
PROVIDERS: dict[str, tuple[str, ...]] = {
    "Crypto": ("pycryptodome", "pycrypto"),
    "Cryptodome": ("pycryptodomex",),
    "Bio": ("biopython",),
    "IPython": ("ipython",),
    "MoinMoin": ("moin",),
    "MySQLdb": ("mysqlclient",),
    "OpenSSL": ("pyopenssl",),
    "PIL": ("pillow",),
    "PyQt5": ("pyqt5",),
    "Xlib": ("python-xlib",),
    "_pytest": ("pytest",),
    "_yaml": ("pyyaml",),
    "absl": ("absl-py",),
    "airflow": ("apache-airflow",),
    "allauth": ("django-allauth",),
    "apiclient": ("google-api-python-client",),
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "buildslave": ("buildbot-slave",),
    "couchbase_core": ("couchbase",),
    "corsheaders": ("django-cors-headers",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python"),
    "dateutil": ("python-dateutil",),
    "decouple": ("python-decouple",),
    "discord": ("discord-py", "py-cord"),
    "django_filters": ("django-filter",),
    "dns": ("dnspython",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "environ": ("django-environ", "environ-config"),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "github": ("pygithub",),
    "gitlab": ("python-gitlab",),
    "google.auth": ("google-auth",),
    "google.genai": ("google-genai",),
    "google.generativeai": ("google-generativeai",),
    "google.oauth2": ("google-auth",),
    "google.protobuf": ("protobuf",),
    "googleapiclient": ("google-api-python-client",),
    "grpc": ("grpcio",),
    "haystack_integrations": ("haystack-ai",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "kafka": ("kafka-python", "kafka-python-ng"),
    "ldap": ("python-ldap",),
    "magic": ("python-magic",),
    "markdown_it": ("markdown-it-py",),
    "memcache": ("python-memcached",),
    "mpl_toolkits": ("matplotlib",),
    "multipart": ("python-multipart",),
    "nacl": ("pynacl",),
    "paho": ("paho-mqtt",),
    "pptx": ("python-pptx",),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "pylab": ("matplotlib",),
    "pythoncom": ("pywin32",),
    "rest_framework": ("djangorestframework",),
    "ruamel.yaml": ("ruamel-yaml",),
    "serial": ("pyserial",),
    "sklearn": ("scikit-learn",),
    "skimage": ("scikit-image",),
    "slugify": ("python-slugify", "unicode-slugify"),
    "socketio": ("python-socketio",),
    "telegram": ("python-telegram-bot",),
    "tlz": ("toolz",),
    "umap": ("umap-learn",),
    "usb": ("pyusb",),
    "websocket": ("websocket-client",),
    "wx": ("wxpython",),
    "xdist": ("pytest-xdist",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}

_PYWIN32 = (
    "adodbapi commctrl dde isapi mmapfile ntsecuritycon odbc perfmon pywintypes pywin rasutil regutil servicemanager sspi"
    " sspicon win2kras win32api win32clipboard win32com win32comext win32con win32console win32cred win32crypt win32cryptcon"
    " win32event win32evtlog win32evtlogutil win32file win32gui win32gui_struct win32help win32inet win32inetcon win32job"
    " win32lz win32net win32netcon win32pdh win32pdhquery win32pdhutil win32pipe win32print win32process win32profile win32ras"
    " win32security win32service win32serviceutil win32timezone win32trace win32traceutil win32transaction win32ts win32ui"
    " win32uiole win32verstamp win32wnet winerror winioctlcon winnt winperf winxpgui winxptheme"
)
PROVIDERS |= dict.fromkeys(_PYWIN32.split(), ("pywin32",))
_OPENTELEMETRY = "attributes baggage context environment_variables metrics propagate propagators trace util version"
PROVIDERS |= {f"opentelemetry.{name}": ("opentelemetry-api",) for name in _OPENTELEMETRY.split()}

# Names that many distributions share: which one is meant is told by what follows the dot.
NAMESPACES = frozenset(
    {
        *(
            "azure",
            "azure.ai",
            "azure.mgmt",
            "azure.monitor",
            "azure.storage",
            "backports",
            "google",
            "google.cloud",
        ),
        *(
            "jaraco",
            "opentelemetry",
            "opentelemetry.exporter",
            "opentelemetry.instrumentation",
            "ruamel",
        ),
        *(
            "sphinxcontrib",
            "zope",
            "zope.app",
            "airflow.providers",
            "collective",
            "plone",
            "repoze",
            "zc",
        ),
    }
)

# Second names that a project's own people hold, and that bring the project: bs4 needs beautifulsoup4 and nothing else.
ALIASES = frozenset({"bs4", "datahub", "discord", "imblearn", "pypiwin32", "vertexai", "zmq"})

# What builds packages is at hand wherever packages are built.
BUILDERS = frozenset({"_distutils_hack", "pip", "pkg_resources", "setuptools", "wheel"})

_FORMS = (
    "{}",
    "python-{}",
    "py-{}",
    "py{}",
    "{}-python",
    "{}-py",
    "django-{}",
    "types-{}",
    "{}-stubs",
)


def candidates(module: str) -> frozenset[str]:
    """Normalised names of distributions that may well provide a module, given with its dots."""
    return frozenset(_candidates(module))


def likely(module: str) -> tuple[str, ...]:
    """The same of its top-level module alone, its own name first."""
    return tuple(form.format(_spelt(module)) for form in _FORMS)


@lru_cache(maxsize=1_024)
def _candidates(module: str) -> tuple[str, ...]:
    parts = module.split(".")
    found: list[str] = []
    # A namespace's own name says nothing of which of its distributions is meant.
    least = 2 if parts[0] in NAMESPACES and len(parts) > 1 else 1
    for count in range(least, min(len(parts), 4) + 1):
        name = _spelt("-".join(parts[:count]))
        found += (form.format(name) for form in _FORMS)
        found += PROVIDERS.get(".".join(parts[:count]), ())
    return tuple(found)


def _spelt(module: str) -> str:
    return module.lower().replace("_", "-").replace(".", "-").strip("-")
