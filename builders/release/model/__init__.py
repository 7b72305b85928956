"""From the folder that a training run left to a released version of its weights."""
