"""Tokens of databases and of data in motion."""

from __future__ import annotations

from vetline_analyzers.secret.format import (
    Format,
    fill,
    has_digit,
    hexadecimal,
    lower,
    named,
    uuid,
)

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

FORMATS = (
    Format("databricks-token", "Databricks token", ("dapi", "dose", "dkea"), (r"d(?:api|ose|kea)[0-9a-f]{32}(?:-\d)?(?![+/=])",), "dapi" + hexadecimal(32), "Databricks, Settings → Developer → Access tokens"),
    Format("supabase-token", "Supabase token", ("sbp_", "sb_secret_"), (r"sbp_(?:v0_|oauth_)?[0-9a-f]{40}", r"sb_secret_[A-Za-z0-9_-]{20,}"), "sbp_" + hexadecimal(40), "supabase.com/dashboard/account/tokens"),
    Format("planetscale-token", "PlanetScale token", ("pscale_",), (r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}",), "pscale_" + "tkn_" + fill(43), "app.planetscale.com, Settings → Service tokens"),
    Format("neon-key", "Neon key", ("napi_",), (r"napi_[a-z0-9]{40,70}",), "napi_" + lower(64), "console.neon.tech/app/settings/api-keys"),
    Format("clickhouse-key", "ClickHouse Cloud key", ("4b1d",), (r"4b1d[A-Za-z0-9]{38}",), "4b1d" + fill(38), "console.clickhouse.cloud, API Keys"),
    Format("xata-key", "Xata key", ("xau_",), (r"xau_[A-Za-z0-9]{30,45}",), "xau_" + fill(37), "app.xata.io/settings"),
    Format("convex-key", "Convex deploy key", ("prod:", "dev:"), (r"(?:prod|dev):[a-z]+-[a-z]+-\d{2,4}\|(?P<secret>[A-Za-z0-9+/]{60,200}={0,2})",), fill(100), "dashboard.convex.dev, Settings", example='key = "prod:happy-otter-123|{}"'),
    Format("tinybird-token", "Tinybird token", ("p.eyj",), (r"p\.eyJ[A-Za-z0-9_-]{30,200}\.[A-Za-z0-9_-]{40,50}",), "p.eyJ" + fill(60) + "." + fill(43), "Tinybird, Tokens"),
    Format("fauna-secret", "Fauna secret", ("fnac", "fnad", "fnae", "fnaf"), (r"fnA[CDEF][A-Za-z0-9_-]{36}",), "fnAE" + fill(36), fits=has_digit),
    Format("atlas-secret", "MongoDB Atlas service account secret", ("mdb_sa_sk_",), (r"mdb_sa_sk_[A-Za-z0-9_-]{40}",), "mdb_sa_sk_" + fill(40), "cloud.mongodb.com, Access Manager"),
    Format("confluent-secret", "Confluent secret", ("cflt",), (r"cflt[A-Za-z0-9+/]{60}",), "cflt" + fill(60), "confluent.cloud, API keys"),
    named("confluent-key", "Confluent key", "confluent", r"(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9]{16})", fill(64), "confluent.cloud, API keys", common=True),
    named("atlas-key", "MongoDB Atlas key", "mongodb atlas|atlas|mongodb", _UUID, uuid(), "cloud.mongodb.com, Access Manager → API Keys", common=True),
    named("algolia-key", "Algolia key", "algolia", r"[0-9A-Za-z]{32}", hexadecimal(32), "dashboard.algolia.com/account/api-keys"),
    named("redis-cloud-key", "Redis Cloud key", "redis cloud|redislabs", r"[A-Za-z0-9]{40,60}", fill(50), "app.redislabs.com, Access Management"),
    named("aiven-token", "Aiven token", "aiven", r"(?:[A-Za-z0-9+/]{372}|aivenv\d[A-Za-z0-9+/=_-]{60,500})", fill(372), "console.aiven.io, Authentication"),
    named("influxdb-token", "InfluxDB token", "influxdb|influx", r"[A-Za-z0-9_-]{86}==", fill(86) + "==", "InfluxDB, Load Data → API Tokens"),
    named("fivetran-secret", "Fivetran secret", "fivetran", r"[A-Za-z0-9]{32}", fill(32), "fivetran.com, Account → API Key"),
    named("dbt-token", "dbt Cloud token", "dbt cloud|dbt", r"[0-9a-f]{40}", hexadecimal(40), "cloud.getdbt.com, Service tokens", common=True),
    Format("dbt-token", "dbt Cloud token", ("dbtc_", "dbtu_", "dbts_"), (r"dbt[csu]_[A-Za-z0-9_=-]{30,60}",), "dbtc_" + fill(43), "cloud.getdbt.com, Service tokens", fits=has_digit),
    named("hightouch-key", "Hightouch key", "hightouch", _UUID, uuid()),
    named("qubole-token", "Qubole token", "qubole", r"[A-Za-z0-9]{64}", fill(64)),
    named("cockroachdb-key", "CockroachDB Cloud key", "cockroach", r"CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}", "CCDB1_" + fill(22) + "_" + fill(40), "cockroachlabs.cloud/access"),
    named("meilisearch-key", "Meilisearch key", "meilisearch|meili", r"[A-Za-z0-9]{40,64}", hexadecimal(64), "Meilisearch, `DELETE /keys`"),
    named("typesense-key", "Typesense key", "typesense", r"[A-Za-z0-9]{32,48}", fill(32), "cloud.typesense.org"),
    named("pinecone-key", "Pinecone key", "pinecone", _UUID, uuid(), "app.pinecone.io, API keys"),
    named("qdrant-key", "Qdrant key", "qdrant", r"[A-Za-z0-9_-]{54}", fill(54), "cloud.qdrant.io, API keys"),
    named("weaviate-key", "Weaviate key", "weaviate|wcd", r"[A-Za-z0-9]{36}", fill(36)),
    Format("materialize-password", "Materialize app password", ("mzp_",), (r"mzp_[0-9a-f]{64}",), "mzp_" + hexadecimal(64), "console.materialize.com, App Passwords"),
    Format("databento-key", "Databento key", ("db-",), (r"db-[A-Za-z0-9]{29}",), "db-" + fill(29), "databento.com/portal/keys", fits=has_digit),
    Format("qstash-token", "Upstash QStash token", ("eyjvc2vysuqioi",), (r"eyJVc2VySUQiOi[A-Za-z0-9+/]{60,}={0,2}",), "eyJVc2VySUQiOi" + fill(100), "console.upstash.com/qstash"),
    Format("tigris-key", "Tigris secret key", ("tsec_",), (r"tsec_[A-Za-z0-9+_-]{40,}",), "tsec_" + fill(60), "console.tigris.dev, Access Keys"),
)  # fmt: skip
