"""Model releases: from the folder of a training run to a released version of its weights."""
