"""Xet: files as sequences of chunks, so that a client only sends the chunks that the server does not have.

Specification: https://huggingface.co/docs/xet, and the reference implementation https://github.com/huggingface/xet-core.
"""
