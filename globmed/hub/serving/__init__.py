"""How the server takes requests: connections and their limits, bodies, callers and their permissions."""
