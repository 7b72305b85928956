"""A Hub of one's own: a server that the ordinary Hugging Face clients talk to, with one folder as its storage."""
