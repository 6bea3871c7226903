"""What the office does, one verb a file. A service decides in one transaction: rows, one audit line, one outbox row.

Arguments are keywords. `by` is the user who acts; None is the machine, or its administrator on the command line.
`now_ms` is the time. What the role may not do raises NotAllowed; what is foreign or unknown raises NotKnown; what a
rule forbids raises NotPossible.
"""
