"""Machine translation: sentences through an installed package, here or on a cluster."""
