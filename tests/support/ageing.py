"""Time passes for one firm, as the demo makes it pass."""

from cxcrm.demo.ageing import age

__all__ = ["age"]
