"""The outputs of a comparison: the report, the dataset of results and the leaderboard."""
