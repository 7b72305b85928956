"""Review rounds: bilingual experts rate and mend translations, and the next build uses what they found."""
