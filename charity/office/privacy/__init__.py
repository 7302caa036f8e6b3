"""The privacy notice 隐私告知 in its versions, and the one that holds today. This is the door."""

from .readers import Notice, current, every, filled, forget, get, holding, text_of
from .verbs import must_be_current, publish

__all__ = ["Notice", "current", "every", "filled", "forget", "get", "holding", "must_be_current", "publish", "text_of"]
