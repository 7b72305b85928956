"""``globmed review serve``: web pages to rate and correct translations, on phones too."""
