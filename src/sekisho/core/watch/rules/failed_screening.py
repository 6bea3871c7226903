"""Rule `failed_screening`: the caller was asked to prove himself by PIN, and did not."""

from __future__ import annotations

NAME = "failed_screening"
JA = "本人確認の案内で、正しい暗証番号が入力されませんでした"
EN = "The caller was asked for the PIN and did not enter the right one"
ACTION = "Call the customer on another number: either the PIN is forgotten, or somebody else uses the line."
BLIND = "A thief who knows the PIN; an honest caller at a machine that cannot send tones."
