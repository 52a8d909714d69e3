"""A bucket, database or port that the whole internet may use."""

from __future__ import annotations

import re

from vetline_analyzers.core.finding import Confidence, Fix, Severity
from vetline_analyzers.syntax.around import setting, settings_query
from vetline_analyzers.syntax.python_web import FALSE, TRUE, last_part
from vetline_analyzers.syntax.rule import Hit, PatternRule, Report

_PUBLIC = frozenset({"public-read", "public-read-write", "authenticated-read", "PublicRead"})
_ACL = ("ACL", "acl", "default_acl", "AWS_DEFAULT_ACL")
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ENCRYPTED = (
    "StorageEncrypted",
    "Encrypted",
    "AtRestEncryptionEnabled",
    "TransitEncryptionEnabled",
)
_PORT = re.compile(r"['\"]?(?:ToPort|FromPort|to_port|from_port)['\"]?\s*[:=]\s*(?:80|443)\b")


def _check(hit: Hit) -> Report | None:
    if last_part(hit) in {"make_public", "grant_read"} and hit.node.type == "call":
        return _granted(hit)
    found = setting(hit)
    if found is None:
        return None
    name, value = found
    text = hit.text(value)
    if name in _ACL:
        if hit.string(value) not in _PUBLIC:
            return None
        fix = Fix("Keep it private", (hit.edit(value, '"private"'),), safe=False)
        return Report("Everybody on the internet may read this: leave it private.", fix=fix)
    if name in {"PubliclyAccessible", "publicly_accessible"} and text in TRUE:
        fix = Fix("Keep it inside", (hit.edit(value, "False"),), safe=False)
        return Report(
            "This database gets an address on the internet: keep it inside the network.", fix=fix
        )
    if name in _BLOCKS and text in FALSE:
        fix = Fix("Block public access", (hit.edit(value, "True"),), safe=False)
        return Report(f"{name} off lets the bucket become public by mistake: leave it on.", fix=fix)
    if name in _ENCRYPTED and text in FALSE:
        fix = Fix("Encrypt it", (hit.edit(value, "True"),), safe=False)
        return Report(
            f"{name} off leaves the data readable for whoever gets the disk or the snapshot.",
            fix=fix,
            severity=Severity.LOW,
            tentative=True,
        )
    return _network(hit, name, hit.string(value))


def _granted(hit: Hit) -> Report | None:
    if last_part(hit) == "grant_read" and ".all()" not in hit.text(hit.node):
        return None
    if hit.node.child_by_field_name("arguments") is None or hit.argument(0) is not None:
        return None
    return Report(
        "Everybody on the internet may read this: hand out signed addresses instead.",
        tentative=True,
    )


def _network(hit: Hit, name: str, value: str | None) -> Report | None:
    if name == "public_access" and value in {"container", "blob"}:
        return Report("Everybody on the internet may read this: leave public access off.")
    if name in {"CidrIp", "CidrIpv6", "cidr_ip"} and value in {"0.0.0.0/0", "::/0"}:
        around = next((n for n in hit.scope.up(hit.node) if n.type == "call"), hit.node)
        if "ingress" not in hit.text(around)[:200] or _PORT.search(hit.text(around)):
            return None
        return Report(
            "This port is open to the whole internet: name the addresses that may use it."
        )
    return None


RULE = PatternRule(
    id="python/public-storage",
    title="Storage or port open to the internet",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    cwe=(732, 284, 200),
    page="""
The access list of this bucket, the address of this database or the rule of this firewall lets everybody
in. Scanners find such places within hours, and what lies there is copied before anybody notices.
""",
    attack="Guesses the bucket's name, lists it, and downloads the backups.",
    advice="Leave it private, hand out signed addresses (`generate_presigned_url`), and name the networks "
    "that may connect.",
    bad=(
        """\
import boto3

boto3.client("s3").put_object(Bucket="b", Key="k", Body=data, ACL="public-read")
""",
        """\
s3.upload_file(path, bucket, key, ExtraArgs={"ACL": "public-read"})
""",
        """\
rds.create_db_instance(DBInstanceIdentifier="main", PubliclyAccessible=True)
""",
        """\
ec2.authorize_security_group_ingress(GroupId=g, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
""",
        """\
service.create_container("backups", public_access="container")
""",
    ),
    good=(
        """\
import boto3

boto3.client("s3").put_object(Bucket="b", Key="k", Body=data, ACL="private")
""",
        """\
rds.create_db_instance(DBInstanceIdentifier="main", PubliclyAccessible=False)
""",
        """\
ec2.authorize_security_group_ingress(GroupId=g, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8")
""",
        """\
ec2.authorize_security_group_ingress(GroupId=g, IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0")
""",
    ),
    url="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    methods=("make_public", "grant_read"),
    query=settings_query(
        *_ACL,
        *_BLOCKS,
        *_ENCRYPTED,
        *(
            "PubliclyAccessible",
            "publicly_accessible",
            "public_access",
            "CidrIp",
            "CidrIpv6",
            "cidr_ip",
        ),
    ),
    check=_check,
)
