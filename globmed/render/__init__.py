"""Pages, Markdown and plots from strings and figures that others gave."""
