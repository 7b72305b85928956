"""Work of pages on untrusted contents, in processes with limits: Markdown, differences, rows."""
