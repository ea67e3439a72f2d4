"""Event patterns, by the rules that EventBridge publishes."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cloud.events.pattern import InvalidPattern, check, matches
from cloud.events.target import body

EVENT = {
    "source": "aws.iam",
    "count": 5,
    "on": True,
    "none": None,
    "empty": "",
    "tags": ["a", "b"],
    "detail": {
        "eventName": "PutRolePolicy",
        "ip": "10.0.0.7",
        "parts": [{"name": "x", "size": 1}, {"name": "y", "size": 2}],
        "deep": {"list": [[1], [2]]},
    },
}
CASES = [
    (True, {"source": ["aws.s3", "aws.iam"]}, "one of the values is enough"),
    (False, {"source": ["aws"]}, "a value is not a prefix"),
    (True, {"source": [{"prefix": "aws."}]}, "prefix"),
    (True, {"source": [{"prefix": {"equals-ignore-case": "AWS."}}]}, "prefix without case"),
    (True, {"source": [{"suffix": "iam"}]}, "suffix"),
    (True, {"source": [{"suffix": {"equals-ignore-case": "IAM"}}]}, "suffix without case"),
    (True, {"source": [{"equals-ignore-case": "AWS.IAM"}]}, "equals without case"),
    (True, {"detail": {"eventName": [{"wildcard": "Put*Policy"}]}}, "wildcard"),
    (False, {"detail": {"eventName": [{"wildcard": "Put*Role"}]}}, "wildcard must reach the end"),
    (False, {"detail": {"eventName": [{"wildcard": "Put\\*Policy"}]}}, "an escaped star is a star"),
    (False, {"detail": {"eventName": [{"anything-but": "PutRolePolicy"}]}}, "anything but one"),
    (False, {"detail": {"eventName": [{"anything-but": ["A", "PutRolePolicy"]}]}}, "anything but several"),
    (True, {"detail": {"eventName": [{"anything-but": ["A", "B"]}]}}, "anything but others"),
    (False, {"detail": {"eventName": [{"anything-but": {"prefix": "Put"}}]}}, "anything but a prefix"),
    (False, {"detail": {"eventName": [{"anything-but": {"prefix": ["Get", "Put"]}}]}}, "anything but prefixes"),
    (False, {"detail": {"eventName": [{"anything-but": {"suffix": "Policy"}}]}}, "anything but a suffix"),
    (False, {"detail": {"eventName": [{"anything-but": {"wildcard": "*Role*"}}]}}, "anything but a wildcard"),
    (False, {"detail": {"eventName": [{"anything-but": {"equals-ignore-case": ["putrolepolicy"]}}]}}, "without case"),
    (False, {"detail": {"errorCode": [{"anything-but": "X"}]}}, "anything but needs the field"),
    (True, {"detail": {"errorCode": [{"exists": False}]}}, "an absent field"),
    (True, {"gone": {"errorCode": [{"exists": False}]}}, "an absent field of an absent object"),
    (True, {"none": [{"exists": True}]}, "null is there"),
    (False, {"detail": [{"exists": True}]}, "an object is no leaf"),
    (True, {"detail": {"errorCode": [{"exists": False}, "X"]}}, "absent or a value"),
    (True, {"detail": {"readOnly": [False, {"exists": False}]}}, "absent, or no"),
    (False, {"on": [False, {"exists": False}]}, "there, and another value"),
    (True, {"count": [{"numeric": [">", 1, "<=", 5]}]}, "a range"),
    (False, {"count": [{"numeric": ["<", 5]}]}, "less is not equal"),
    (False, {"on": [{"numeric": ["=", 1]}]}, "true is no number"),
    (False, {"on": [1]}, "true is not 1"),
    (True, {"count": [5.0]}, "5.0 is 5"),
    (True, {"none": [None], "empty": [""]}, "null and the empty text"),
    (False, {"none": [""]}, "null is not the empty text"),
    (True, {"tags": ["b"]}, "an array stands for its elements"),
    (True, {"tags": [{"anything-but": "a"}]}, "one element is enough"),
    (True, {"detail": {"deep": {"list": [2]}}}, "arrays in arrays"),
    (True, {"detail": {"parts": {"name": ["x"], "size": [1]}}}, "fields of one element"),
    (False, {"detail": {"parts": {"name": ["x"], "size": [2]}}}, "fields of different elements"),
    (True, {"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}, "cidr"),
    (True, {"$or": [{"source": ["x"]}, {"count": [5]}]}, "one alternative is enough"),
    (False, {"$or": [{"source": ["x"]}, {"count": [5]}], "on": [False]}, "and all the rest"),
    (True, {"detail": {"$or": [{"eventName": ["x"]}, {"ip": [{"prefix": "10."}]}]}}, "alternatives further down"),
]
REFUSED = [
    {},
    {"a": "b"},
    {"a": []},
    {"a": [{"prefix": "a", "suffix": "b"}]},
    {"a": [{"nonsense": 1}]},
    {"a": [{"numeric": [">", "x"]}]},
    {"a": [{"numeric": ["~", 1]}]},
    {"a": [{"exists": "yes"}]},
    {"a": [{"prefix": 1}]},
    {"$or": [{"a": ["b"]}]},
]


class Patterns(unittest.TestCase):
    def test_matches(self) -> None:
        for expected, pattern, why in CASES:
            with self.subTest(why):
                check(pattern)
                self.assertEqual(matches(pattern, EVENT), expected)

    def test_refused(self) -> None:
        for pattern in REFUSED:
            with self.subTest(pattern=pattern), self.assertRaises(InvalidPattern):
                check(pattern)

    def test_input_is_made_of_the_event(self) -> None:
        def transformed(template: str) -> str:
            paths = {"name": "$.detail.eventName", "first": "$.detail.parts[0]", "gone": "$.nothing"}
            return body({"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}}, EVENT, "arn:x/r")

        self.assertEqual(transformed('{"a": <name>, "b": "is <name>"}'), '{"a":"PutRolePolicy","b":"is PutRolePolicy"}')
        self.assertEqual(transformed('{"a": <first>}'), '{"a":{"name":"x","size":1}}')
        self.assertEqual(transformed('"<name> by <aws.events.rule-name>"'), '"PutRolePolicy by r"')
        self.assertEqual(transformed("<gone>.<name>"), ".PutRolePolicy")
        self.assertEqual(body({"InputPath": "$.detail.parts[1].size"}, EVENT, "arn"), "2")
        self.assertEqual(body({"Input": "{}"}, EVENT, "arn"), "{}")


if __name__ == "__main__":
    unittest.main()
