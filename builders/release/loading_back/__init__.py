"""Load what was published back with stock clients, and compare it with what was uploaded."""
