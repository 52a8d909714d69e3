"""The libraries that rules speak of: what shows that a project uses one, and which words of a rule mean it. Data, and two questions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class Framework(NamedTuple):
    """A library that rules speak of.

    Attributes:
        title: what it is called.
        packages: names in PyPI or npm; one of them among a project's dependencies shows that it is used.
        words: finds it in a rule's words.
    """

    title: str
    packages: frozenset[str]
    words: re.Pattern[str]


def _framework(title: str, packages: str, words: str) -> Framework:
    return Framework(
        title, frozenset(packages.split()), re.compile(rf"\b(?:{words})", re.IGNORECASE)
    )


FRAMEWORKS = (
    _framework("Django", "django djangorestframework django-ninja", "django|mark_safe|rawsql"),
    _framework("Flask", "flask quart", "flask"),
    _framework("FastAPI", "fastapi starlette litestar", "fastapi|starlette"),
    _framework("Jinja", "jinja2", "jinja2?"),
    _framework("Keras", "keras tensorflow", "keras"),
    _framework("PyTorch", "torch", "torch"),
    _framework("Hugging Face", "transformers huggingface-hub diffusers datasets", "from_pretrained|transformers|model-re"),
    _framework("GraphQL", "graphql graphene strawberry-graphql ariadne apollo-server @apollo/server", "graphql|graphiql"),
    _framework("LDAP", "ldap3 python-ldap ldapjs ldapts", "ldap"),
    _framework("MongoDB", "pymongo motor mongoengine mongodb mongoose", "nosql|mongo"),
    _framework("JSON Web Tokens", "pyjwt python-jose authlib jsonwebtoken jose express-jwt", "jwt"),
    _framework("Express", "express", "express"),
    _framework("React", "react next preact", "jsx|react"),
    _framework("Angular", "@angular/core", "angular"),
    _framework("jQuery", "jquery", "jquery"),
    _framework("Electron", "electron", "electron"),
    _framework("Handlebars", "handlebars mustache ejs pug", "handlebars"),
)  # fmt: skip


def used(packages: Collection[str]) -> frozenset[str]:
    """The titles of the frameworks among the names of packages."""
    return frozenset(one.title for one in FRAMEWORKS if not one.packages.isdisjoint(packages))


def named_in(text: str) -> frozenset[str]:
    """The titles of the frameworks that a text speaks of."""
    return frozenset(one.title for one in FRAMEWORKS if one.words.search(text))
