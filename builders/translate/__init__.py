"""Translation with packages of Argos Translate."""
