"""Device shadows as AWS IoT keeps them."""

from __future__ import annotations

import json
import time
import unittest
import urllib.error
import urllib.request
from typing import Any

from botocore.exceptions import ClientError
from running import Running

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
}


class Shadows(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cloud = Running(TEMPLATE)
        cls.addClassCleanup(cls.cloud.stop)
        cls.data = cls.cloud.client("iot-data")

    def setUp(self) -> None:
        # A thing of its own for each test.
        self.thing = self.id().rsplit(".", 1)[-1].replace("_", "-")[:128]

    def update(self, desired: Any = None, reported: Any = None, **more: Any) -> dict[str, Any]:
        state = {name: value for name, value in (("desired", desired), ("reported", reported)) if value is not None}
        return self.send({"state": state, **more})

    def send(self, document: Any) -> dict[str, Any]:
        payload = document if isinstance(document, str) else json.dumps(document)
        answer = self.data.update_thing_shadow(thingName=self.thing, shadowName="kvs-warden", payload=payload)
        return json.loads(answer["payload"].read())

    def get(self) -> dict[str, Any]:
        answer = self.data.get_thing_shadow(thingName=self.thing, shadowName="kvs-warden")
        return json.loads(answer["payload"].read())

    def refused(self, code: str, status: int, operation: Any, *asked: Any, **named: Any) -> str:
        with self.assertRaises(ClientError) as caught:
            operation(*asked, **named)
        told = caught.exception.response
        self.assertEqual((told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]), (code, status))
        return str(told["Error"].get("Message") or told.get("message"))

    def test_a_shadow_is_merged_and_its_null_removes(self) -> None:
        first = self.update({"throttle": {"kbps": 500, "fps": 5}, "mode": "night"}, clientToken="t")
        self.assertEqual((first["version"], first["clientToken"]), (1, "t"))
        self.assertEqual(first["metadata"]["desired"]["throttle"]["kbps"].keys(), {"timestamp"})
        self.update({"throttle": {"fps": None, "kbps": 300}})
        self.assertEqual(self.get()["state"]["desired"], {"throttle": {"kbps": 300}, "mode": "night"})
        self.update({"throttle": None})
        found = self.get()
        self.assertEqual((found["state"]["desired"], found["version"]), ({"mode": "night"}, 3))
        self.assertEqual(found["metadata"]["desired"].keys(), {"mode"})
        self.send({"state": {"desired": None}})
        self.assertEqual(self.get()["state"], {})

    def test_the_delta_is_what_is_desired_and_not_reported(self) -> None:
        self.update({"a": 1, "b": {"c": 2, "d": [1, 2]}})
        self.assertEqual(self.get()["state"]["delta"], {"a": 1, "b": {"c": 2, "d": [1, 2]}})
        self.update(reported={"a": 1, "b": {"c": 3, "d": [1, 2]}, "own": True})
        self.assertEqual(self.get()["state"]["delta"], {"b": {"c": 2}})
        self.update(reported={"b": {"c": 2}})
        self.assertNotIn("delta", self.get()["state"])

    def test_each_value_keeps_the_time_when_it_was_set(self) -> None:
        self.update({"old": 1})
        time.sleep(1.1)
        self.update({"new": 1})
        times = self.get()["metadata"]["desired"]
        self.assertLess(times["old"]["timestamp"], times["new"]["timestamp"])

    def test_an_old_version_is_a_conflict(self) -> None:
        self.update({"a": 1})
        self.assertEqual(self.update({"a": 2}, version=1)["version"], 2)
        self.assertEqual(self.refused("ConflictException", 409, self.update, {"a": 3}, version=1), "Version conflict")
        self.assertEqual(self.get()["state"]["desired"], {"a": 2})

    def test_what_is_deleted_is_not_found_and_goes_on_counting(self) -> None:
        message = self.refused("ResourceNotFoundException", 404, self.get)
        self.assertEqual(message, f"No shadow exists with name: '{self.thing}~kvs-warden'")
        self.update({"a": 1})
        self.data.delete_thing_shadow(thingName=self.thing, shadowName="kvs-warden")
        self.refused("ResourceNotFoundException", 404, self.get)
        asked = {"thingName": self.thing, "shadowName": "kvs-warden"}
        self.refused("ResourceNotFoundException", 404, self.data.delete_thing_shadow, **asked)
        self.assertEqual(self.update({"b": 1})["version"], 2)
        self.assertEqual(self.get()["state"]["desired"], {"b": 1})

    def test_a_shadow_of_another_name_is_another(self) -> None:
        self.update({"a": 1})
        self.data.update_thing_shadow(thingName=self.thing, payload='{"state": {"reported": {"c": 1}}}')
        classic = json.loads(self.data.get_thing_shadow(thingName=self.thing)["payload"].read())
        self.assertEqual(classic["state"], {"reported": {"c": 1}})
        names = self.data.list_named_shadows_for_thing(thingName=self.thing)["results"]
        self.assertEqual(names, ["kvs-warden"])

    def test_requests_that_aws_refuses(self) -> None:
        for wrong in (
            "{",
            "[]",
            '{"stat": {}}',
            '{"state": 1}',
            '{"state": {"wanted": {}}}',
            '{"state": {"desired": 1}}',
        ):
            self.refused("InvalidRequestException", 400, self.send, wrong)
        deep: dict[str, Any] = {}
        for _ in range(9):
            deep = {"a": deep}
        self.refused("InvalidRequestException", 400, self.update, deep)
        self.refused("RequestEntityTooLargeException", 413, self.update, {"a": "x" * 8200})
        self.update({"a": "x" * 5000})
        self.refused("RequestEntityTooLargeException", 413, self.update, {"b": "x" * 5000})
        self.refused("InvalidRequestException", 400, self.data.get_thing_shadow, thingName="a", shadowName="b.c")

    def test_as_the_sdk_for_rust_asks_through_the_proxy_and_as_the_journal_tells(self) -> None:
        self.update({"a": 1})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        credential = "Credential=rust/20270101/us-east-1/iotdata/aws4_request, SignedHeaders=host, Signature=0"

        def sent(thing: str) -> tuple[int, Any, dict[str, Any]]:
            request = urllib.request.Request(
                f"{self.cloud.ready['proxy']}/things/{thing}/shadow?name=kvs-warden",
                headers={"Authorization": f"AWS4-HMAC-SHA256 {credential}"},
            )
            try:
                with opener.open(request, timeout=30) as answer:
                    return answer.status, answer.headers, json.load(answer)
            except urllib.error.HTTPError as error:
                return error.code, error.headers, json.load(error)

        status, _, told = sent(self.thing)
        self.assertEqual((status, told["state"]["desired"]), (200, {"a": 1}))
        status, headers, told = sent("nobody")
        self.assertEqual((status, headers["x-amzn-errortype"]), (404, "ResourceNotFoundException"))
        self.assertIn("message", told)
        mine = [call for call in self.cloud.control("calls")["calls"] if call["caller"] == "rust"]
        told = [(call["service"], call["operation"], call["target"], call["error"]) for call in mine]
        self.assertEqual(
            told,
            [
                ("iotdata", "GetThingShadow", self.thing, None),
                ("iotdata", "GetThingShadow", "nobody", "ResourceNotFoundException"),
            ],
        )
        events = self.cloud.client("cloudtrail").lookup_events()["Events"]
        self.assertNotIn("UpdateThingShadow", [event["EventName"] for event in events])


if __name__ == "__main__":
    unittest.main()
