// Greets a customer who comes back by a link such as /?from=newsletter.

const params = new URLSearchParams(window.location.search);
const from = params.get("from");

if (from) {
  document.getElementById("note").innerHTML = "Welcome, reader of " + from + "!";
}
