"""The cards of datasets and models: templates and their rendering."""
