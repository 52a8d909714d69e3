"""What JavaScript's runtimes, hosts, frameworks and bundlers provide themselves, under names that no registry need have.

Node's modules are those of `module.builtinModules` in 18 to 24, with what earlier ones had. A name that a registry has
too ("vscode", "electron") is here when the host answers for it before any package does.
"""

from __future__ import annotations

import re

from vetline_analyzers.core.regex import late

# A module here stands for its subpaths, too: "fs/promises", "path/posix", "stream/web".
_NODE_NAMES = """
    assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl
    stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib _http_agent
    _http_client _http_common _http_incoming _http_outgoing _http_server _linklist _stream_duplex
    _stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_legacy
    _tls_wrap freelist smalloc
"""
_NODE = frozenset(_NODE_NAMES.split())
_NODE_ONLY = frozenset({"sea", "sqlite", "test"})  # only with "node:" before them

_HOSTS = (
    # "https://…", "virtual:pwa-register", "astro:content", "bun:test", "jsr:@std/path"
    r"[A-Za-z][A-Za-z0-9+.-]+:.*",
    # editors, desktops, office and design programs
    r"vscode|electron(?:/.+)?|atom|uxp|photoshop|indesign|illustrator|premierepro|scenegraph|figma|sketch(?:/.+)?",
    # runtimes and clouds
    r"k6(?:/.+)?|bun|pnpapi|wasi_\w+|meteor/.+|gi|wix(?:-[a-z]+){1,4}(?:\.v\d)?|public/.+|backend/.+",
    r"lwc|lightning/.+|c/.+|@salesforce/(?:apex|label|schema|user|client|i18n|site|community|[a-z]+[A-Z])\w*(?:/.+)?|N/.+|@ohos[./].+|@system\..+|@kit\..+|dw/.+|sap/.+|dijit/.+|esri/.+",
    # frameworks and what they generate
    r"@ember/.+|ember|ember-data(?:/.+)?|@glimmer/tracking|@embroider/virtual(?:/.+)?|\$(?:app|env|lib|service-worker)(?:/.+)?|__sveltekit/.+",
    r"~build/.+|~icons/.+|~?pages|@site/.+|@theme(?:-[a-z]+)?/.+|@generated/.+|@docusaurus/(?:[A-Z]|use[A-Z]|is[A-Z]|router|renderRoutes|constants)\w*",
    r"private-(?:next|dot-next)-.+|@vercel/turbopack-.+|react-server-dom-[a-z]+(?:/.+)?|umi|nuxt/app|solid-start/.+",
    r"\.prisma/.+|@env|@remix-run/dev/server-build|expo/virtual/.+|goog(?:\..+)?|webpack/hot/.+|@vite/(?:env|client)",
)
_HOST = late(rf"(?:{'|'.join(_HOSTS)})\Z", re.DOTALL)


def is_node(specifier: str) -> bool:
    """Whether Node brings it along: "fs", "fs/promises", "node:test/reporters"."""
    name = specifier.removeprefix("node:")
    top = name.partition("/")[0]
    return top in _NODE or (name != specifier and top in _NODE_ONLY)


def is_hosts(specifier: str) -> bool:
    """Whether a host, a framework or a bundler makes it up: "bun:test", "$app/stores", "https://esm.sh/zod"."""
    return bool(_HOST.match(specifier))
