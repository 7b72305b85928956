"""Pages, Markdown and plots from given strings and figures."""
