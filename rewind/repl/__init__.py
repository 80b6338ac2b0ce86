"""The prompt: the only user of prompt_toolkit."""
