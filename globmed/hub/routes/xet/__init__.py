"""Xet's calls: tokens from the Hub, and the store of chunks (https://huggingface.co/docs/xet/api)."""

from globmed.hub.routes.xet import reading, tokens, writing
from globmed.hub.serving.call import Route

ROUTES: tuple[Route, ...] = (*tokens.ROUTES, *reading.ROUTES, *writing.ROUTES)
