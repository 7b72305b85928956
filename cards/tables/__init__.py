"""The tables of the cards."""
