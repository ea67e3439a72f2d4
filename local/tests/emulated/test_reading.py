"""The APIs that an audit reads: as AWS answers, in AWS's pages, and fast with a large fleet."""

from __future__ import annotations

import csv
import json
import time
import unittest
from pathlib import Path

from running import Running

TRUST = '{"Version":"2012-10-17","Statement":[]}'
STREAMS, THINGS, ROLES = 20_000, 20_000, 2_000


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cloud = Running(Path(__file__).parents[3] / "template.yaml")
        cls.addClassCleanup(cls.cloud.stop)

    def test_account_details_have_only_the_managed_policies_that_are_attached(self) -> None:
        iam = self.cloud.client("iam")
        iam.create_user(UserName="reader", Tags=[{"Key": "team", "Value": "video"}])
        iam.attach_user_policy(UserName="reader", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        iam.put_user_policy(UserName="reader", PolicyName="inline", PolicyDocument=ALLOW)
        iam.create_group(GroupName="readers")
        iam.put_group_policy(GroupName="readers", PolicyName="inline", PolicyDocument=ALLOW)
        iam.add_user_to_group(GroupName="readers", UserName="reader")
        own = iam.create_policy(PolicyName="own", PolicyDocument=ALLOW)["Policy"]["Arn"]
        iam.create_policy_version(PolicyArn=own, PolicyDocument=ALLOW, SetAsDefault=True)
        iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=own)
        found = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
        pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2}))
        for page in pages:
            self.assertLessEqual(sum(len(page[name]) for name in found), 2)
            for name in found:
                found[name] += page[name]
        (user,) = (one for one in found["UserDetailList"] if one["UserName"] == "reader")
        self.assertEqual(user["GroupList"], ["readers"])
        self.assertEqual(user["Tags"], [{"Key": "team", "Value": "video"}])
        self.assertEqual(user["UserPolicyList"][0]["PolicyDocument"], json.loads(ALLOW))
        self.assertEqual(user["AttachedManagedPolicies"][0]["PolicyName"], "AdministratorAccess")
        names = {one["PolicyName"]: one for one in found["Policies"]}
        self.assertEqual(names.keys(), {"AdministratorAccess", "own"})
        self.assertEqual([one["VersionId"] for one in names["own"]["PolicyVersionList"]], ["v1", "v2"])
        self.assertEqual(names["own"]["DefaultVersionId"], "v2")
        self.assertEqual(names["own"]["PermissionsBoundaryUsageCount"], 1)
        roles = {one["RoleName"]: one for one in found["RoleDetailList"]}
        self.assertEqual(roles["bounded"]["PermissionsBoundary"]["PermissionsBoundaryArn"], own)
        camera = roles[self.cloud.resources["CameraRole"]]
        self.assertEqual(camera["AssumeRolePolicyDocument"]["Version"], "2012-10-17")
        self.assertEqual(iam.get_role(RoleName=camera["RoleName"])["Role"]["MaxSessionDuration"], 3600)
        only = iam.get_account_authorization_details(Filter=["Role"])
        self.assertEqual((only["UserDetailList"], only["Policies"]), ([], []))

    def test_the_credential_report(self) -> None:
        iam = self.cloud.client("iam")
        iam.create_user(UserName="keyed")
        key = iam.create_access_key(UserName="keyed")["AccessKey"]["AccessKeyId"]
        self.cloud.client("iam", key).get_user(UserName="keyed")
        iam.generate_credential_report()
        rows = list(csv.DictReader(iam.get_credential_report()["Content"].decode().splitlines()))
        self.assertEqual(rows[0]["user"], "<root_account>")
        (keyed,) = (row for row in rows if row["user"] == "keyed")
        self.assertEqual((keyed["access_key_1_active"], keyed["access_key_2_active"]), ("true", "false"))
        self.assertEqual(keyed["access_key_1_last_used_service"], "iam")

    def test_iot(self) -> None:
        iot = self.cloud.client("iot")
        policy = self.cloud.resources["CameraPolicy"]
        self.assertIn(policy, [one["policyName"] for one in iot.list_policies()["policies"]])
        self.assertTrue(iot.list_policy_versions(policyName=policy)["policyVersions"][0]["isDefaultVersion"])
        version = iot.get_policy_version(policyName=policy, policyVersionId="1")
        self.assertEqual(json.loads(version["policyDocument"])["Version"], "2012-10-17")
        made = iot.create_keys_and_certificate(setAsActive=True)
        iot.attach_policy(policyName=policy, target=made["certificateArn"])
        self.assertEqual(iot.list_targets_for_policy(policyName=policy)["targets"], [made["certificateArn"]])
        described = iot.describe_certificate(certificateId=made["certificateId"])["certificateDescription"]
        self.assertLess(described["validity"]["notBefore"], described["validity"]["notAfter"])
        alias = iot.list_role_aliases()["roleAliases"][0]
        self.assertEqual(
            iot.describe_role_alias(roleAlias=alias)["roleAliasDescription"]["credentialDurationSeconds"], 3600
        )
        iot.create_domain_configuration(
            domainConfigurationName="old",
            domainName="cameras.example",
            tlsConfig={"securityPolicy": "IoTSecurityPolicy_TLS12_1_0_2015_01"},
        )
        names = [one["domainConfigurationName"] for one in iot.list_domain_configurations()["domainConfigurations"]]
        self.assertEqual(names, ["iot:Data-ATS", "iot:CredentialProvider", "iot:Jobs", "old"])
        for name, expected in (
            ("old", "IoTSecurityPolicy_TLS12_1_0_2015_01"),
            ("iot:Data-ATS", "IoTSecurityPolicy_TLS13_1_2_2022_10"),
        ):
            found = iot.describe_domain_configuration(domainConfigurationName=name)
            self.assertEqual(found["tlsConfig"]["securityPolicy"], expected)
        iot.set_v2_logging_options(defaultLogLevel="ERROR")
        self.assertEqual(iot.get_v2_logging_options()["defaultLogLevel"], "ERROR")

    def test_streams_and_channels(self) -> None:
        video = self.cloud.client("kinesisvideo")
        video.create_stream(StreamName="told", DataRetentionInHours=24)
        self.assertNotIn("NotificationConfiguration", video.describe_notification_configuration(StreamName="told"))
        told = {"Status": "ENABLED", "DestinationConfig": {"Uri": "arn:aws:sns:us-east-1:123456789012:t"}}
        video.update_notification_configuration(StreamName="told", NotificationConfiguration=told)
        found = video.describe_notification_configuration(StreamName="told")["NotificationConfiguration"]
        self.assertEqual(found, told)
        images = {
            "Status": "ENABLED",
            "ImageSelectorType": "SERVER_TIMESTAMP",
            "DestinationConfig": {"Uri": "s3://images", "DestinationRegion": "us-east-1"},
            "SamplingInterval": 3000,
            "Format": "JPEG",
        }
        video.update_image_generation_configuration(StreamName="told", ImageGenerationConfiguration=images)
        found = video.describe_image_generation_configuration(StreamName="told")["ImageGenerationConfiguration"]
        self.assertEqual(found, images)
        channel = video.create_signaling_channel(ChannelName="c")["ChannelARN"]
        video.tag_resource(ResourceARN=channel, Tags=[{"Key": "a", "Value": "b"}])
        self.assertEqual(video.list_tags_for_resource(ResourceARN=channel)["Tags"], {"a": "b"})
        self.assertEqual([one["ChannelName"] for one in video.list_signaling_channels()["ChannelInfoList"]], ["c"])

    def test_findings_are_updated_by_newer_ones(self) -> None:
        hub = self.cloud.client("securityhub")
        finding = {
            "SchemaVersion": "2018-10-08",
            "Id": "f",
            "ProductArn": "arn:aws:securityhub:us-east-1:123456789012:product/123456789012/default",
            "GeneratorId": "kvs-warden",
            "AwsAccountId": "123456789012",
            "CreatedAt": "2026-01-01T00:00:00Z",
            "UpdatedAt": "2026-01-01T00:00:00Z",
            "Title": "t",
            "Description": "d",
            "Resources": [{"Type": "AwsIamRole", "Id": "arn:aws:iam::123456789012:role/x"}],
            "FindingProviderFields": {"Severity": {"Label": "HIGH"}, "Types": ["a/b"]},
        }
        answer = hub.batch_import_findings(Findings=[finding, {**finding, "Id": "g", "Title": ""}])
        self.assertEqual((answer["SuccessCount"], answer["FailedFindings"][0]["Id"]), (1, "g"))
        active = {"RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}]}
        (found,) = hub.get_findings(Filters=active)["Findings"]
        self.assertEqual((found["Severity"]["Label"], found["Types"]), ("HIGH", ["a/b"]))
        self.assertEqual(found["Workflow"]["Status"], "NEW")
        hub.batch_import_findings(
            Findings=[{**finding, "RecordState": "ARCHIVED", "UpdatedAt": "2025-01-01T00:00:00Z"}]
        )
        self.assertEqual(len(hub.get_findings(Filters=active)["Findings"]), 1)
        hub.batch_import_findings(
            Findings=[{**finding, "RecordState": "ARCHIVED", "UpdatedAt": "2027-01-01T00:00:00Z"}]
        )
        self.assertEqual(hub.get_findings(Filters=active)["Findings"], [])

    def test_the_templates_policies_are_told_as_json(self) -> None:
        iam, sns, sqs = (self.cloud.client(service) for service in ("iam", "sns", "sqs"))
        resources = self.cloud.resources
        role = resources["SweepScheduleRole"]
        (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        statement = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"][0]
        self.assertEqual(statement["Action"], "sqs:SendMessage")
        trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
        self.assertEqual(trust["Principal"], {"Service": "scheduler.amazonaws.com"})
        for topic in ("FindingTopic", "AlertTopic"):
            arn = resources[topic]
            statements = json.loads(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])["Statement"]
            self.assertIn("EncryptedTransportOnly", [one["Sid"] for one in statements])
            self.assertEqual({one["Resource"] for one in statements}, {arn})
        for queue in (
            "RegistrationQueue",
            "RegistrationDeadLetterQueue",
            "RegistrationRuleErrorQueue",
            "AuditQueue",
            "AuditDeadLetterQueue",
        ):
            asked = sqs.get_queue_attributes(QueueUrl=resources[queue], AttributeNames=["Policy", "QueueArn"])
            statement = json.loads(asked["Attributes"]["Policy"])["Statement"][-1]
            self.assertEqual(statement["Sid"], "EncryptedTransportOnly")
            self.assertIn(asked["Attributes"]["QueueArn"], statement["Resource"])

    def test_a_delivery_stream_tells_whether_it_is_encrypted(self) -> None:
        firehose = self.cloud.client("firehose")
        self.cloud.client("s3").create_bucket(Bucket="delivered")
        to = {"RoleARN": "arn:aws:iam::123456789012:role/x", "BucketARN": "arn:aws:s3:::delivered"}
        for name, more in (
            ("plain", {}),
            ("secret", {"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"}}),
        ):
            firehose.create_delivery_stream(DeliveryStreamName=name, ExtendedS3DestinationConfiguration=to, **more)
        status = {
            name: firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"][
                "DeliveryStreamEncryptionConfiguration"
            ]["Status"]
            for name in ("plain", "secret")
        }
        self.assertEqual(status, {"plain": "DISABLED", "secret": "ENABLED"})

    def test_a_new_bucket_blocks_public_access(self) -> None:
        s3 = self.cloud.client("s3")
        s3.create_bucket(Bucket="blocked")
        block = s3.get_public_access_block(Bucket="blocked")["PublicAccessBlockConfiguration"]
        self.assertEqual(set(block.values()), {True})
        s3.delete_public_access_block(Bucket="blocked")
        with self.assertRaises(s3.exceptions.ClientError):
            s3.get_public_access_block(Bucket="blocked")

    def test_objects_pass_the_fault_proxy_whole(self) -> None:
        s3 = self.cloud.client("s3", through_proxy=True)
        s3.create_bucket(Bucket="through-the-proxy")
        s3.put_object(Bucket="through-the-proxy", Key="a/b.json", Body=b"[1]")
        self.assertEqual(s3.get_object(Bucket="through-the-proxy", Key="a/b.json")["Body"].read(), b"[1]")
        listed = s3.list_objects_v2(Bucket="through-the-proxy", Prefix="a/")["Contents"]
        self.assertEqual([one["Key"] for one in listed], ["a/b.json"])
        called = [call["operation"] for call in self.cloud.control("calls")["calls"] if call["service"] == "s3"]
        self.assertEqual(called[-4:], ["CreateBucket", "PutObject", "GetObject", "ListObjectsV2"])

    def test_a_transaction_that_comes_again_with_its_token_is_the_same_one(self) -> None:
        table = self.cloud.resources["FindingTable"]
        dynamodb = self.cloud.client("dynamodb")

        def put(number: str, token: str) -> None:
            item = {"kind": {"S": "test"}, "id": {"S": "one"}, "number": {"N": number}}
            new = {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
            other = {"TableName": table, "Item": item | {"id": {"S": f"other-{number}"}}}
            dynamodb.transact_write_items(TransactItems=[{"Put": new}, {"Put": other}], ClientRequestToken=token)

        put("1", "first")
        put("1", "first")
        with self.assertRaises(dynamodb.exceptions.IdempotentParameterMismatchException):
            put("2", "first")
        # Nothing of one that is cancelled is done, and its token may come again.
        for _ in range(2):
            with self.assertRaises(dynamodb.exceptions.TransactionCanceledException):
                put("2", "second")
        found = dynamodb.query(
            TableName=table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": "test"}},
        )
        self.assertEqual([item["id"]["S"] for item in found["Items"]], ["one", "other-1"])


class Size(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cloud = Running(Path(__file__).parents[3] / "template.yaml")
        cls.addClassCleanup(cls.cloud.stop)
        wanted = {"streams": STREAMS, "things": THINGS, "roles": ROLES, "users": 50, "certificates": 1000}
        cls.loaded = cls.cloud.control("load", wanted)

    def listed(self, service: str, operation: str, key: str, **asked: object) -> tuple[list, float]:
        began, found = time.monotonic(), []
        client = self.cloud.client(service)
        for page in client.get_paginator(operation).paginate(**asked):
            found += page[key]
        seconds = time.monotonic() - began
        print(f"\n{operation}: {len(found)} in {seconds:.1f} s", end="")
        return found, seconds

    def test_loading_takes_seconds(self) -> None:
        print(f"\nload: {self.loaded}", end="")
        self.assertLess(self.loaded["seconds"], 20)

    def test_streams(self) -> None:
        streams, seconds = self.listed("kinesisvideo", "list_streams", "StreamInfoList")
        self.assertEqual(len({one["StreamName"] for one in streams}), STREAMS)
        self.assertLess(seconds, 30)

    def test_tags(self) -> None:
        asked = {
            "ResourceTypeFilters": ["kinesisvideo:stream"],
            "TagFilters": [{"Key": "kvs-warden:thing"}],
            "PaginationConfig": {"PageSize": 100},
        }
        found, seconds = self.listed("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", **asked)
        self.assertEqual(len({one["ResourceARN"] for one in found}), STREAMS)
        self.assertLess(seconds, 30)

    def test_things(self) -> None:
        things, seconds = self.listed("iot", "list_things", "things", PaginationConfig={"PageSize": 250})
        self.assertEqual(len({one["thingName"] for one in things}), THINGS)
        self.assertIn("certificateId", things[0]["attributes"])
        self.assertLess(seconds, 30)

    def test_roles(self) -> None:
        asked = {"PaginationConfig": {"PageSize": 1000}}
        roles, seconds = self.listed("iam", "get_account_authorization_details", "RoleDetailList", **asked)
        self.assertGreaterEqual(len({one["RoleName"] for one in roles}), ROLES)
        self.assertLess(seconds, 30)

    def test_a_loaded_certificate_is_its_things(self) -> None:
        iot = self.cloud.client("iot")
        (principal,) = iot.list_thing_principals(thingName="load-000007")["principals"]
        self.assertEqual(iot.list_principal_things(principal=principal)["things"], ["load-000007"])
        described = iot.describe_certificate(certificateId=principal.rsplit("/", 1)[-1])["certificateDescription"]
        self.assertEqual((described["status"], described["certificateArn"]), ("ACTIVE", principal))


ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'

if __name__ == "__main__":
    unittest.main()
