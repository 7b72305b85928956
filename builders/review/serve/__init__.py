"""``globmed review serve``: a page on which a clinician rates and mends translations, on a phone too."""
