"""Review rounds: bilingual experts rate and correct translations, and the next build uses the results."""
