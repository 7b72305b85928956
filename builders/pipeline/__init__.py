"""The pipeline of a dataset repository of one's own: its workflows, and the script whose steps they run."""
