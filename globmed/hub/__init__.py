"""The Hub server: the ordinary Hugging Face clients talk to it, and one folder is its storage."""
