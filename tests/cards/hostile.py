"""Texts that would be something else than text, if nobody escaped them."""

from hypothesis import strategies as st

PIECES = (
    "|", "`", "```", "---", "***", "===", "# ", "> ", "- ", "1. ", "+ ", "<script>alert(1)</script>", "<b>", "<!--",
    "[x](javascript:alert(1))", "![x](http://x)", "[x]: http://x", "<http://x>", "&lt;", "&#124;", "\\", "\\|", "*a*",
    "_b_", "__c__", "~~d~~", "$e$", "{{ 1 + 1 }}", "{% raw %}", ": ", "!!python/object", "'", '"', "../", "%0a", "  ",
    "a", "薬", "ọ̀", "5 mg", "\u00a0",
)  # fmt: skip
#: One line, as `globmed.render.markdown.line` lets it through.
LINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)
CONTROLS = ("\n", "\r", "\t", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\ud800")
