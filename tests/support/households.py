"""A project, a user's home and an environment, with settings of package managers put into them."""

from __future__ import annotations

from dataclasses import replace

from vetline.registries import configured
from vetline.registries import where as places
from vetline_analyzers.core.universe import Ecosystem, package


class House:
    """A project and a user's home, both empty."""

    def __init__(self, folder):
        self.home, self.root, self.env = folder / "home", folder / "shop", {}
        (self.root / ".git").mkdir(parents=True)
        self.home.mkdir()

    def mine(self, name, text):
        """A file of the user's."""
        self._write(self.home / name, text)

    def projects(self, name, text):
        """A file of the project's."""
        self._write(self.root / name, text)

    @staticmethod
    def _write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def environ(self):
        return {"HOME": str(self.home), "XDG_CONFIG_DIRS": str(self.home / "none"), **self.env}

    @property
    def where(self):
        where = places.of(self.root, environ=self.environ())
        return replace(where, platform="linux")

    def indexes(self, name):
        """The indexes that are asked of a package: address, whose setting names it, and the login."""
        ecosystem, _, bare = name.partition("/")
        found = configured.read(self.where).of(package(Ecosystem(ecosystem), bare))
        return [(one.url or one.trouble, one.own, one.authorization) for one in found]

    def urls(self, name):
        return [url for url, _, _ in self.indexes(name)]
