"""Reads a policy and an input a line, as a JSON list of two texts, and prints the verdict."""

import json
import sys

from policy_engine import evaluate

for line in sys.stdin:
    policy, given = json.loads(line)
    print(evaluate(policy, given))
