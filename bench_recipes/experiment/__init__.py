"""``globmed experiment``: models are asked, fine-tuned, asked again and compared.

Every stage is a command of its own in a process of its own, and resumes by itself: what has been done is what is there.
"""
