"""The door for editors: `vetline server` speaks the Language Server Protocol."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import sys
import threading
import time
from typing import NoReturn

from vetline.doors import options as words

_LEVELS = ("debug", "info", "warning", "error")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PARENT_CHECK = 3.0  # seconds between two looks at whether the client still lives


def main(argv: list[str]) -> int:
    """Serve one client.

    Args:
        argv: the words after `vetline server`.

    Returns:
        0 after `shutdown` and `exit`, 1 when the client left without them, 2 on wrong usage.
    """
    try:
        options = _parse(argv)
    except words.UsageError as error:
        words.tell("server", str(error))
        return 2
    if (wrong := _start_log(options.log_file, options.log_level)) is not None:
        words.tell("server", wrong)
        return 2
    from vetline.doors.lsp.features import register
    from vetline.doors.lsp.server import Server

    if options.client_process_id:
        _leave_with(options.client_process_id)
    server = Server()
    register(server)
    try:
        if options.tcp is None:
            code = asyncio.run(server.serve_stdio())
        else:
            code = asyncio.run(server.serve_tcp(options.tcp, _announce))
    except OSError as error:
        words.tell("server", f"cannot listen: {error.strerror}")
        return 2
    return _leave(code)


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = words.Parser(
        prog="vetline server", description="Serve an editor over the Language Server Protocol."
    )
    parser.add_argument("--stdio", action="store_true", help="speak on stdin and stdout (default)")
    parser.add_argument(
        "--tcp",
        type=_address,
        metavar="HOST:PORT",
        help="listen for one client, on a loopback address; port 0 picks one and prints it",
    )
    parser.add_argument(
        "--clientProcessId",
        dest="client_process_id",
        type=int,
        metavar="N",
        help="leave when that process ends",
    )
    parser.add_argument("--log-file", metavar="FILE", help="write the log there, not to stderr")
    parser.add_argument("--log-level", choices=_LEVELS, default="warning", help="default: warning")
    options = parser.parse_args(argv)
    if options.stdio and options.tcp:
        parser.error("--stdio and --tcp exclude each other")
    return options


def _address(value: str) -> tuple[str, int]:
    host, colon, port = value.rpartition(":")
    host = host.strip("[]") or _LOOPBACK[0]
    if not colon or not port.isdecimal() or int(port) > 0xFFFF:  # noqa: PLR2004 - the last port
        raise argparse.ArgumentTypeError(f"{value!r} is not HOST:PORT")
    if host not in _LOOPBACK:
        # Whoever connects reads the workspace and writes to the ledger.
        raise argparse.ArgumentTypeError(f"{host} is not a loopback address")
    return host, int(port)


def _start_log(file: str | None, level: str) -> str | None:
    """Set up logging; gives what is wrong with the file."""
    try:
        handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler()
    except OSError as error:
        return f"cannot write the log {file}: {error.strerror}"
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    # pygls and asyncio log messages' bodies and exceptions' words: documents, secrets.
    for name in ("pygls", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return None


def _announce(port: int) -> None:
    print(f"listening on port {port}", file=sys.stderr, flush=True)  # noqa: T201 - a door speaks


def _leave_with(process: int) -> None:
    """End this process when another one has ended."""

    def watch() -> None:
        while True:
            time.sleep(_PARENT_CHECK)
            with contextlib.suppress(PermissionError):  # it lives, and is somebody else's
                try:
                    os.kill(process, 0)
                except OSError:
                    _leave(1)

    if os.name == "posix":  # elsewhere the end of stdin says the same
        threading.Thread(target=watch, name="parent", daemon=True).start()


def _leave(code: int) -> NoReturn:
    """End at once: a thread that waits for a worker must not hold the process."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)
