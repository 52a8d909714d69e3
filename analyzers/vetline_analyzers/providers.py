"""Well-known import names whose package is called otherwise, and names a host program brings along."""

from __future__ import annotations

from functools import lru_cache

# Import name → normalised distributions that provide it. Where an import name equals its
# distribution's, or differs by a common prefix, `candidates` tells without a table.
PROVIDERS: dict[str, tuple[str, ...]] = {
    "Crypto": ("pycryptodome", "pycrypto"),
    "Cryptodome": ("pycryptodomex",),
    "Bio": ("biopython",),
    "IPython": ("ipython",),
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
    "win32api": ("pywin32",),
    "win32con": ("pywin32",),
    "wx": ("wxpython",),
    "xdist": ("pytest-xdist",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}

# Names that many distributions share; which one is meant is told by what follows the dot.
NAMESPACES = frozenset(
    {"azure", "backports", "google", "jaraco", "ruamel", "sphinxcontrib", "zope"}
)

# Packages everybody knows by their import name: when one is missing, nobody made it up.
POPULAR = frozenset(
    {
        "aiohttp",
        "alembic",
        "altair",
        "anthropic",
        "anyio",
        "attrs",
        "bandit",
        "black",
        "bokeh",
        "boto3",
    }
    | {"botocore", "bottle", "celery", "certifi", "chardet", "click", "coverage", "cryptography"}
    | {"dash", "dask", "django", "docker", "docutils", "fabric", "fastapi", "flake8", "flask"}
    | {"gensim", "gevent", "gradio", "greenlet", "gunicorn", "h5py", "httpx", "huggingface_hub"}
    | {
        "hypothesis",
        "idna",
        "invoke",
        "ipywidgets",
        "isort",
        "jinja2",
        "joblib",
        "jsonschema",
        "keras",
    }
    | {
        "langchain",
        "lxml",
        "mako",
        "markdown",
        "marshmallow",
        "matplotlib",
        "mock",
        "mypy",
        "networkx",
    }
    | {
        "nltk",
        "nose",
        "notebook",
        "numba",
        "numpy",
        "openai",
        "openpyxl",
        "opentelemetry",
        "orjson",
    }
    | {
        "packaging",
        "pandas",
        "paramiko",
        "pendulum",
        "pexpect",
        "plotly",
        "pluggy",
        "polars",
        "psutil",
    }
    | {"psycopg", "pyarrow", "pydantic", "pygments", "pylint", "pymongo", "pymysql", "pyparsing"}
    | {
        "pyspark",
        "pytest",
        "pytz",
        "redis",
        "regex",
        "requests",
        "rich",
        "scipy",
        "seaborn",
        "selenium",
    }
    | {"sentry_sdk", "shapely", "simplejson", "six", "spacy", "sphinx", "sqlalchemy", "starlette"}
    | {"statsmodels", "streamlit", "stripe", "sympy", "tabulate", "tenacity", "tensorflow", "toml"}
    | {"tomli", "torch", "torchvision", "tornado", "tox", "tqdm", "transformers", "trio", "twisted"}
    | {
        "typer",
        "typing_extensions",
        "ujson",
        "urllib3",
        "uvicorn",
        "websockets",
        "werkzeug",
        "xgboost",
    }
)

# What builds packages is at hand wherever packages are built.
BUILDERS = frozenset({"_distutils_hack", "pip", "pkg_resources", "setuptools", "wheel"})

# Modules of programs that embed Python; no package index has them.
HOSTS = frozenset(
    {
        "apt",
        "apt_pkg",
        "arcpy",
        "awsglue",
        "bpy",
        "c4d",
        "clr",
        "dbutils",
        "gdb",
        "gi",
        "hou",
        "idaapi",
    }
    | {
        "idautils",
        "idc",
        "java",
        "js",
        "lldb",
        "machine",
        "maya",
        "micropython",
        "mathutils",
        "nuke",
    }
    | {"pyodide", "pymel", "qgis", "rclpy", "rospy", "sublime", "sublime_plugin", "uno", "unreal"}
    | {"utime", "vim", "weechat"}
)

# Modules that were in the standard library of Python 2.
PYTHON_2 = frozenset(
    {"BaseHTTPServer", "CGIHTTPServer", "ConfigParser", "Cookie", "HTMLParser", "Queue", "StringIO"}
    | {"SimpleHTTPServer", "SimpleXMLRPCServer", "SocketServer", "Tkinter", "UserDict", "UserList"}
    | {"UserString", "__builtin__", "anydbm", "cPickle", "cStringIO", "commands", "cookielib"}
    | {"copy_reg", "dummy_thread", "exceptions", "httplib", "htmlentitydefs", "md5", "sets", "sha"}
    | {
        "thread",
        "tkFileDialog",
        "tkMessageBox",
        "ttk",
        "urllib2",
        "urlparse",
        "xmlrpclib",
        "_winreg",
    }
)

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


def well_known(module: str) -> tuple[str, ...]:
    """Distributions that everybody knows to provide a module; none when it is not that known."""
    top = module.partition(".")[0]
    known = PROVIDERS.get(module) or PROVIDERS.get(top) or ()
    return known or ((top.lower().replace("_", "-"),) if top in POPULAR else ())


@lru_cache(maxsize=1_024)
def candidates(module: str) -> frozenset[str]:
    """Normalised names of distributions that may well provide a module, given with its dots."""
    parts = module.split(".")
    found: set[str] = set()
    # A namespace's own name says nothing of which of its distributions is meant.
    least = 2 if parts[0] in NAMESPACES and len(parts) > 1 else 1
    for count in range(least, min(len(parts), 4) + 1):
        name = "-".join(parts[:count]).lower().replace("_", "-").strip("-")
        found.update(form.format(name) for form in _FORMS)
        found.update(PROVIDERS.get(".".join(parts[:count]), ()))
    return frozenset(found)
