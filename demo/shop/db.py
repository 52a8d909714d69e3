"""The shop's database: products and orders."""

import sqlite3

PATH = "shop.db"


def connect() -> sqlite3.Connection:
    """A connection whose rows can be read by column name."""
    connection = sqlite3.connect(PATH)
    connection.row_factory = sqlite3.Row
    return connection


def products() -> list[sqlite3.Row]:
    """All products, the cheapest first."""
    return connect().execute("SELECT * FROM product ORDER BY price").fetchall()


def product(number: int) -> sqlite3.Row | None:
    """One product, or None."""
    return connect().execute("SELECT * FROM product WHERE id = ?", (number,)).fetchone()


def orders_of(email: str) -> list[sqlite3.Row]:
    """A customer's orders, the newest first."""
    query = "SELECT * FROM orders WHERE email = '%s' ORDER BY placed DESC" % email
    return connect().execute(query).fetchall()


def save_order(email: str, total: float, receipt: str) -> int:
    """Keep an order; gives its number."""
    with connect() as connection:
        cursor = connection.execute(
            "INSERT INTO orders (email, total, receipt) VALUES (?, ?, ?)",
            (email, total, receipt),
        )
    return cursor.lastrowid
