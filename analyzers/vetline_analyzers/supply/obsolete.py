"""Modules that Python had once: those of Python 2, and those that Python 3 has given up, with what took their place."""

from __future__ import annotations

from typing import NamedTuple


class Obsolete(NamedTuple):
    """A module that was in the standard library.

    Attributes:
        since: the first version of Python without it: "3.0", "3.12".
        instead: what to use; "" where there is nothing of the kind.
    """

    since: str
    instead: str


# Module → what took its place in Python 3 (PEP 3108 and the documentation of lib2to3).
_PYTHON_2 = """
    BaseHTTPServer http.server|Bastion|CGIHTTPServer http.server|ConfigParser configparser|Cookie http.cookies
    DocXMLRPCServer xmlrpc.server|HTMLParser html.parser|MimeWriter email|Queue queue|ScrolledText tkinter.scrolledtext
    SimpleDialog tkinter.simpledialog|SimpleHTTPServer http.server|SimpleXMLRPCServer xmlrpc.server|SocketServer socketserver
    StringIO io|Tix tkinter.tix|Tkconstants tkinter.constants|Tkdnd tkinter.dnd|Tkinter tkinter
    UserDict collections.UserDict|UserList collections.UserList|UserString collections.UserString|__builtin__ builtins
    _winreg winreg|anydbm dbm|bsddb|bsddb185|cPickle pickle|cProfileV2|cStringIO io|commands subprocess|compiler ast
    cookielib http.cookiejar|copy_reg copyreg|dbhash dbm.bsd|dircache os.listdir|dl ctypes|dumbdbm dbm.dumb
    dummy_thread _thread|exceptions builtins|fpformat format|future_builtins builtins|gdbm dbm.gnu|hotshot cProfile
    htmlentitydefs html.entities|htmllib html.parser|httplib http.client|ihooks importlib|imputil importlib|markupbase _markupbase
    md5 hashlib|mhlib mailbox|mimetools email|mimify email|multifile email|mutex threading|new types|os2emxpath|popen2 subprocess
    posixfile fcntl.lockf|pyexpat.errors xml.parsers.expat|repr reprlib|rexec|rfc822 email|robotparser urllib.robotparser
    sets set|sgmllib html.parser|sha hashlib|statvfs os.statvfs|stringold str|strop str|thread _thread
    tkColorChooser tkinter.colorchooser|tkCommonDialog tkinter.commondialog|tkFileDialog tkinter.filedialog|tkFont tkinter.font
    tkMessageBox tkinter.messagebox|tkSimpleDialog tkinter.simpledialog|toaiff|ttk tkinter.ttk|urllib2 urllib.request
    urlparse urllib.parse|user|whichdb dbm.whichdb|xmlrpclib xmlrpc.client
"""

# Version → module and what its page in the documentation names instead ("What's New in Python 3.x", PEP 594, PEP 632).
_PYTHON_3 = {
    "3.8": "dummy_threading threading|macpath os.path",
    "3.9": "_dummy_thread threading|_dummy_threading threading",
    "3.10": "formatter|parser ast|symbol ast|_bootlocale locale",
    "3.11": "binhex binascii",
    "3.12": "asynchat asyncio|asyncore asyncio|distutils setuptools|imp importlib|smtpd aiosmtpd",
    "3.13": "aifc|audioop|cgi email.message|cgitb traceback|chunk|crypt hashlib|imghdr filetype|lib2to3 libcst|mailcap mimetypes"
    "|msilib|nis|nntplib|ossaudiodev|pipes shlex|sndhdr filetype|spwd|sunau|telnetlib telnetlib3|uu base64|xdrlib struct",
}


def _read(since: str, listed: str) -> dict[str, Obsolete]:
    entries = (entry.split() for line in listed.strip().splitlines() for entry in line.split("|"))
    return {name: Obsolete(since, "".join(instead)) for name, *instead in entries}


PYTHON_2 = _read("3.0", _PYTHON_2)
REMOVED = {name: known for since, listed in _PYTHON_3.items() for name, known in _read(since, listed).items()}  # fmt: skip
