# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates JSON Lines files against the schema; prints ok/FAIL lines as tests/lib.sh does."""
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
validator = jsonschema.validators.validator_for(schema)(schema)
validator.check_schema(schema)
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
            error = next(validator.iter_errors(value), None)
            if error:
                why = f"line {n}: {error.message[:200]} in {line[:200]}"
                break
            kinds.add(value["event"])
    if not why and not {"command", "summary"} <= kinds:
        why = f"has only events {sorted(kinds)}"
    print(f"FAIL {name}: {why}" if why else f"ok {name}")
