"""What readers add to repositories: requests for access, likes, collections."""
