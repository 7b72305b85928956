"""Facts: a drug, route, side, sex, frequency or the like that became another one of its kind."""
