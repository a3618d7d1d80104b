"""The demonstration world: people, cycles, responses at every stage, and with ``--world`` those of all States.

Everything in it is generated and made through the project's own actions; it holds statements of no government.
"""

from palermo.site.demonstration.stories import CYCLE, STORIES, Story, build_world

__all__ = ["CYCLE", "STORIES", "Story", "build_world"]
