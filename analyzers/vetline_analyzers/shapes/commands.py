"""Secrets given to well-known commands by their place or by a short option: `mysql -p…`, `curl -u shop:…`."""

from __future__ import annotations

from functools import partial

from vetline_analyzers.secret import command
from vetline_analyzers.secret.command import BEFORE, BETWEEN, PAIR, PAIR_QUOTED, VALUE, Command
from vetline_analyzers.secret.detector import Detector

_SHORT = rf"{BEFORE}-p(?:{BETWEEN})?{VALUE}"
_SPACED = rf"{BEFORE}-p{BETWEEN}{VALUE}"
_NETWORK = (
    Command(
        ("mysql", "mariadb"),
        r"(?:mysql|mariadb)(?:dump|admin|import|show|slap|check|sh|-\w{1,12})?",
        (rf"{BEFORE}-p(?!ort\b|rotocol|lugin|ipe|rint|rompt|assword){VALUE}",),
    ),
    Command(("sshpass",), "sshpass", (_SHORT,)),
    Command(
        ("curl",),
        r"curl(?:\.exe)?",
        tuple(
            rf"{BEFORE}(?:-[a-zA-Z]{{0,5}}[uU]|--user|--proxy-user)(?:{BETWEEN})?{pair}"
            for pair in (PAIR_QUOTED, PAIR)
        ),
    ),
    Command(  # a key in the user's place
        ("curl",),
        r"curl(?:\.exe)?",
        (
            rf"{BEFORE}(?:-[a-zA-Z]{{0,5}}u|--user){BETWEEN}\\?[\"']?(?P<bare>[^\s\"':$]{{12,200}}):\\?[\"']?(?=\s|$)",
        ),
        "api_key",
        sure=False,
    ),
    Command(  # the second line of a call of curl
        ("-u ", "--user "),
        r"^\s{1,12}(?:-u|--user|--proxy-user)",
        (rf"^\s{{1,3}}{PAIR}",),
        sure=False,
    ),
    Command(
        ("http ", "https ", "xh "),
        r"(?:https?|xh)(?=\s)",
        (rf"{BEFORE}(?:-a|--auth){BETWEEN}{PAIR}",),
    ),
    Command(
        ("login",),
        r"(?:docker|podman|helm|skopeo|oras|buildah|crane|nerdctl|az|oc|cf|argocd|ibmcloud)"
        r"(?:\s{1,3}(?:registry|acr|auth))?\s{1,3}login",
        (_SHORT,),
    ),
    Command(("creds",), r"--(?:src-|dest-)?creds", (rf"^{BETWEEN}{PAIR}",)),
    Command(("redis-cli",), "redis-cli", (rf"{BEFORE}-a{BETWEEN}{VALUE}",)),
    Command(
        ("mongo",), r"mongo(?:sh|dump|restore|import|export|stat|top|files)?(?:\.exe)?", (_SPACED,)
    ),
    Command(
        ("ldap",),
        r"ldap(?:search|add|modify|delete|passwd|whoami|compare|modrdn)",
        (rf"{BEFORE}-[ws](?:{BETWEEN})?{VALUE}",),
    ),
    Command(
        ("smbclient", "rpcclient", "winexe", "smbget", "wmic", "net rpc", "pth-"),
        r"(?:smbclient|rpcclient|winexe|smbget|wmic|net\s{1,3}rpc|pth-\w{1,20})",
        (rf"{BEFORE}(?:-U|--user=?)(?:{BETWEEN})?[\"']?[^\s\"'%]{{1,80}}%{VALUE}",),
    ),
    Command(("mount", "cifs"), r"(?:mount(?:\.cifs)?|cifs)", (rf"[,\s](?:password|pass)={VALUE}",)),
    Command(
        ("rabbitmqctl",),
        r"rabbitmqctl\s{1,3}(?:add_user|change_password)",
        (rf"^\s{{1,3}}(?P<user>\S{{1,60}})\s{{1,3}}{VALUE}",),
    ),
    Command(
        ("snmp",),
        r"snmp(?:walk|get|set|bulkwalk|getnext|trap|table)",
        (rf"{BEFORE}-[AX]{BETWEEN}{VALUE}",),
    ),
    Command(
        (
            "ipmitool",
            "mosquitto_",
            "freerdp",
            "rdesktop",
            "psexec",
            "cqlsh",
            "evil-winrm",
            "schtasks",
            "wmic",
        ),
        r"(?:ipmitool|mosquitto_(?:pub|sub|rr)|[xw]freerdp3?|rdesktop|psexec(?:64)?(?:\.exe)?|cqlsh|evil-winrm"
        r"|schtasks|wmic)",
        (rf"{BEFORE}-[pP]{BETWEEN}{VALUE}", rf"/(?:p|rp|password):{VALUE}"),
    ),
    Command(
        ("lftp", "ncftp"),
        r"(?:lftp|ncftp\w{0,6})",
        (r"-u[\s=]{1,3}[\"']?(?P<user>[^\s,\"']{1,60}),(?P<bare>[^\s\"']{3,100})", _SPACED),
    ),
    Command(
        ("mc ",),
        r"mc\s{1,3}(?:alias\s{1,3}set|config\s{1,3}host\s{1,3}add)",
        (
            rf"^\s{{1,3}}\S{{1,40}}\s{{1,3}}https?://\S{{1,200}}\s{{1,3}}(?P<user>\S{{1,60}})\s{{1,3}}{VALUE}",
        ),
        "minio_secret_key",
    ),
    Command(
        ("wpa_passphrase",),
        "wpa_passphrase",
        (rf"^\s{{1,3}}(?:\"[^\"]{{1,60}}\"|\S{{1,60}})\s{{1,3}}{VALUE}",),
        "wifi_password",
    ),
)
_FILES = (
    Command(("gpg",), "gpg2?", (rf"--passphrase{BETWEEN}{VALUE}",), "passphrase"),
    Command(("zip",), "(?:un)?zip", (rf"{BEFORE}-P(?:{BETWEEN})?{VALUE}",)),
    Command(("7z", "rar"), r"(?:7z[ar]?|(?:un)?rar)(?:\.exe)?", (rf"{BEFORE}-h?p{VALUE}",)),
    Command(
        ("openssl",),
        "openssl",
        (
            rf"{BEFORE}-pass(?:in|out)?{BETWEEN}[\"']?pass:{VALUE}",
            rf"{BEFORE}-[kK]{BETWEEN}{VALUE}",
        ),
        "passphrase",
    ),
    Command(
        ("keytool", "jarsigner", "apksigner"),
        r"(?:keytool|jarsigner|apksigner)",
        (rf"-(?:\w{{0,6}}store|\w{{0,6}}key|ks-|key-)pass{BETWEEN}(?:pass:)?{VALUE}",),
        "keystore_password",
    ),
)
_SYSTEM = (
    Command(
        ("htpasswd",),
        "htpasswd",
        (
            (
                r"^\s{1,3}-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}\s{1,3}(?:-\S{1,9}\s{1,3}){0,4}"
                rf"(?:\S{{0,80}}[/.]\S{{0,80}}\s{{1,3}})?(?P<user>[\w.@-]{{1,60}})\s{{1,3}}{VALUE}"
            ),
        ),
    ),
    Command(
        ("net use", "net.exe use"),
        r"net(?:\.exe)?\s{1,3}use",
        (
            rf"/user:(?P<user>\S{{1,80}})\s{{1,3}}{VALUE}",
            rf"\\\\\S{{1,80}}\s{{1,3}}(?!/){VALUE}\s{{1,3}}/user:",
        ),
    ),
    Command(
        ("net user", "net.exe user"),
        r"net(?:\.exe)?\s{1,3}user",
        (rf"^\s{{1,3}}(?P<user>[\w.-]{{1,40}})\s{{1,3}}(?!/){VALUE}\s{{1,3}}/add",),
    ),
    Command(
        ("sudo", "kinit", "passwd", "cryptsetup", "--password-stdin"),
        "echo",
        (
            (
                rf"^\s{{1,3}}(?:-[ne]{{1,2}}\s{{1,3}})?{VALUE}\s{{0,4}}\|\s{{0,4}}"
                r"(?:sudo\s{1,3}(?:-\w{1,5}\s{1,3}){0,3}-\w{0,3}S|(?:sudo\s{1,3})?(?:kinit|passwd\b.{0,60}--stdin"
                r"|cryptsetup|vncpasswd|[\w ./-]{1,60}--password-stdin))"
            ),
        ),
    ),
    Command(
        ("chpasswd",),
        "echo",
        (
            (
                r"^\s{1,3}(?:-[ne]{1,2}\s{1,3})?[\"']?(?P<user>[\w.-]{1,40}):(?P<bare>[^\"'\s]{3,100})[\"']?\s{0,4}\|"
                r"\s{0,4}(?:sudo\s{1,3})?(?:/usr)?(?:/s?bin/)?chpasswd"
            ),
        ),
    ),
)
_DATABASES = (
    Command(
        ("sqlcmd", "osql", "bcp"),
        r"(?:sqlcmd|osql|bcp)(?:\.exe)?",
        (rf"{BEFORE}-P(?:{BETWEEN})?{VALUE}",),
    ),
    Command(
        ("sqlplus", "expdp", "impdp", "sqlldr", "rman"),
        r"(?:sqlplus|expdp|impdp|sqlldr|rman\s{1,3}target)",
        (
            (
                r"^(?:\s{1,3}-\w{1,8}){0,4}\s{1,3}(?:userid=)?[\"']?(?P<user>[\w$]{1,40})/(?P<bare>[^\s\"'@/]{3,60})"
                r"(?:@|\s|[\"']|$)"
            ),
        ),
    ),
)
_SERVICES = (
    Command(
        ("aws ",),
        r"aws\s{1,3}configure\s{1,3}set",
        (rf"aws_(?:secret_access_key|session_token)\s{{1,3}}{VALUE}",),
        "aws_secret_access_key",
    ),
    Command(
        ("vault ",),
        r"vault\s{1,3}login",
        (rf"^\s{{1,3}}(?:-\S{{1,30}}\s{{1,3}}){{0,3}}(?:token=)?{VALUE}",),
        "vault_token",
        sure=False,
    ),
    Command(
        ("sonar.",), r"-D(?=sonar\.)", (rf"sonar\.(?:login|password|token)={VALUE}",), "sonar_token"
    ),
    Command(
        ("from-literal",),
        r"--from-literal",
        (rf"^[\s=]{{1,3}}[\"']?[\w.-]{{0,40}}(?:pass\w{{0,6}}|secret|token|key)={VALUE}",),
    ),
)
# A variable that the next program reads, set on its own line or before the program.
_VARIABLE = (
    r"[\"']?[A-Z][A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|_PASS|_PWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|_AUTH)="
    rf"{VALUE}"
)
_VARIABLES = (
    Command(
        ("export ", "set ", "setenv ", "env ", "-e ", "--env", "--build-arg", "config:set"),
        r"(?:export|set|env|ENV|ARG|-e|--env|--build-arg|config:set|secrets\s{1,3}set)",
        (rf"^[\s=]{{1,3}}{_VARIABLE}",),
    ),
    Command(
        ("setx ", "setenv "),
        r"(?:setx|setenv)",
        (r"^\s{1,3}" + _VARIABLE.replace("=", r"\s{1,3}", 1),),
    ),
    Command(
        (
            "pgpassword=",
            "mysql_pwd=",
            "sshpass=",
            "restic_password=",
            "borg_passphrase=",
            "rediscli_auth=",
        ),
        r"(?:PGPASSWORD|MYSQL_PWD|SSHPASS|RESTIC_PASSWORD|BORG_PASSPHRASE|REDISCLI_AUTH)(?==)",
        (rf"^={VALUE}",),
    ),
)
COMMANDS = (*_NETWORK, *_FILES, *_SYSTEM, *_DATABASES, *_SERVICES, *_VARIABLES)
DETECTORS = (
    Detector(
        tuple(dict.fromkeys(anchor for known in COMMANDS for anchor in known.anchors)),
        partial(command.find, COMMANDS),
    ),
)
