"""The order of the stages: number → identify → rate → watch. The only room that knows it."""

from sekisho.flow.judge import Judge, JudgeSettings
from sekisho.flow.outcome import Outcome

__all__ = ["Judge", "JudgeSettings", "Outcome"]
