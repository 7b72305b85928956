"""Load back what was published with stock clients, and compare it with what was uploaded."""
