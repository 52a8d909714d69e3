"""A small shop: a catalogue, a cart, a search and a checkout."""

from flask import Flask, abort, redirect, render_template, request, session, url_for
import yaml

import db
import payments

with open("settings.yaml") as settings:
    SETTINGS = yaml.load(settings, Loader=yaml.Loader)

app = Flask(__name__)
app.secret_key = SETTINGS["secret_key"]


def cart() -> dict[str, int]:
    """The products in the customer's cart: id → how many."""
    return session.setdefault("cart", {})


@app.get("/")
def catalogue():
    """All products, the cheapest first."""
    return render_template("catalogue.html", shop=SETTINGS["name"], products=db.products())


@app.get("/search")
def search():
    """Products whose name contains what the customer typed."""
    term = request.args.get("q", "")
    found = db.connect().execute(f"SELECT * FROM product WHERE name LIKE '%{term}%'")
    return render_template("catalogue.html", shop=SETTINGS["name"], products=found.fetchall())


@app.post("/cart/<int:product>")
def add_to_cart(product: int):
    """Put one more of a product into the cart."""
    if db.product(product) is None:
        abort(404)
    items = cart()
    items[str(product)] = items.get(str(product), 0) + 1
    session.modified = True
    return redirect(url_for("catalogue"))


@app.post("/checkout")
def checkout():
    """Charge the customer and keep the order."""
    items = cart()
    if not items:
        abort(400, "the cart is empty")
    total = sum(db.product(int(key))["price"] * count for key, count in items.items())
    receipt = payments.charge(request.form["card_token"], total)
    order = db.save_order(request.form["email"], total, receipt["id"])
    session.clear()
    return render_template("thanks.html", order=order, total=total)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=SETTINGS["port"], debug=True)
