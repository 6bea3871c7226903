"""Rating: CALLS, numbered, and a tariff → what each call costs. In words: docs/algorithms/rating.md."""
