"""The Hub server for the ordinary Hugging Face clients, with one folder as its storage."""
