# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates JSON Lines files against the schema; prints ok/FAIL lines as tests/lib.sh does."""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
new_validator = jsonschema.validators.validator_for(schema)
new_validator.check_schema(schema)
validators = {}


def can_match(branch, value):
    """False: some constant of the branch is another than the value's, so it can't hold."""
    branch = schema["definitions"][branch["$ref"].rsplit("/", 1)[1]] if "$ref" in branch else branch
    return all(value.get(k) == p["const"] for k, p in branch.get("properties", {}).items() if "const" in p and k in value)


def narrowed(node, value):
    """The schema with those branches of each oneOf alone that can hold: a tenth of the work."""
    if isinstance(node, list):
        return [narrowed(x, value) for x in node]
    if not isinstance(node, dict):
        return node
    return {k: [narrowed(x, value) for x in v if can_match(x, value)] if k == "oneOf" else narrowed(v, value)
            for k, v in node.items()}


def validator(value):
    key = (value.get("event"), value.get("kind")) if isinstance(value, dict) else None
    if not key or not isinstance(key[0], str) or not isinstance(key[1], (str, type(None))):
        return new_validator(schema)
    if key not in validators:
        validators[key] = new_validator(narrowed(schema, {k: v for k, v in zip(("event", "kind"), key) if v is not None}))
    return validators[key]


for path in sys.argv[2:]:
    name = "json/" + path.rsplit("/", 1)[1]
    why, kinds = None, set()
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            try:
                value = json.loads(line)
            except ValueError as e:
                why = f"line {n} is not JSON: {e}"
                break
            # best_match's wording is long: the first error is enough
            error = next(validator(value).iter_errors(value), None)
            if error:
                why = f"line {n}: {error.message[:200]} in {line[:200]}"
                break
            kinds.add(value["event"])
    if not why and not {"command", "summary"} <= kinds:
        why = f"has only events {sorted(kinds)}"
    print(f"FAIL {name}: {why}" if why else f"ok {name}")
