"""The order of numbers: doses that changed places are all still there, each with the unit of another."""
