"""What is asked of, or told to, somebody else's machines."""

from __future__ import annotations

from vetline_analyzers.core.finding import Confidence, Severity
from vetline_analyzers.syntax.given import begins, called_on, every, no, says
from vetline_analyzers.syntax.trigger import Sign, Trigger

_ASK = "{name} asks another machine: check which, what it is told, and what happens when its answer is late or a lie."
_SERVICE = "{name} uses a service with the project's account: check which rights its key has, and what is sent to it."
_MODEL = "{name} sends text to a model: check what of people's data is in it, and that its answer is not trusted."
_MONEY = "{name} moves money or changes an order: check the amount, who asked for it, and that it cannot happen twice."
_MAIL = "{name} writes to people: check who decides to whom, and what is in it."
_SHELL = "{name} opens a way onto another machine: check that it is the right one, and what may be done there."

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")
_PYTHON = (
    Sign(
        says=_ASK,
        names=(
            *(
                f"{module}.{verb}"
                for module in ("requests", "httpx")
                for verb in (*_VERBS, "stream")
            ),
            *("requests.Session", "requests.session", "httpx.Client", "httpx.AsyncClient"),
            *("aiohttp.ClientSession", "aiohttp.request", "urllib3.PoolManager", "urllib3.request"),
            *("urllib.request.urlopen", "urllib.request.Request", "urllib.request.urlretrieve"),
            *("http.client.HTTPSConnection", "http.client.HTTPConnection", "websockets.connect"),
            *("grpc.secure_channel", "grpc.insecure_channel", "grpc.aio.insecure_channel"),
            *("socket.create_connection", "ftplib.FTP", "ftplib.FTP_TLS", "telnetlib.Telnet"),
            *("xmlrpc.client.ServerProxy",),
            *("pycurl.Curl", "zeep.Client", "suds.client.Client"),
            *("pika.BlockingConnection", "aio_pika.connect", "aio_pika.connect_robust"),
            *("kafka.KafkaProducer", "kafka.KafkaConsumer", "confluent_kafka.Producer"),
            *("aiokafka.AIOKafkaProducer", "nats.connect", "paho.mqtt.client.Client"),
        ),
    ),
    Sign(
        says=_ASK,
        methods=_VERBS,
        when=every(
            called_on(r"(?:\w{1,40}\.){0,3}\w{0,40}(?:session|http|http_client|async_client)"),
            no(called_on(r"(?:flask|request|db)\.session")),
            no(says((0,), r"\w+\Z")),  # a key, and no address
        ),
        uses=("requests", "httpx", "aiohttp", "urllib3"),
    ),
    Sign(
        says=_SERVICE,
        names=(
            *("boto3.client", "boto3.resource", "boto3.Session", "boto3.session.Session"),
            *("aioboto3.Session",),
            *("google.cloud.storage.Client", "google.cloud.bigquery.Client"),
            *("google.cloud.pubsub_v1.PublisherClient",),
            *("googleapiclient.discovery.build", "firebase_admin.initialize_app"),
            *("github.Github", "gitlab.Gitlab"),
            *("azure.storage.blob.BlobServiceClient",),
            *("azure.storage.blob.BlobServiceClient.from_connection_string",),
            *("azure.identity.DefaultAzureCredential", "minio.Minio", "slack_sdk.WebClient"),
            *("slack_sdk.webhook.WebhookClient",),
            *("telegram.Bot", "tweepy.Client", "discord.Client", "hvac.Client"),
            *("kubernetes.config.load_kube_config",),
            *("supabase.create_client", "pinecone.Pinecone", "notion_client.Client"),
        ),
    ),
    Sign(
        says=_SERVICE,
        methods=(
            *("put_object", "delete_object", "upload_file", "upload_fileobj"),
            *("generate_presigned_url", "invoke", "assume_role", "get_secret_value"),
        ),
        uses=("boto3", "botocore", "aioboto3"),
    ),
    Sign(
        says=_MODEL,
        names=(
            *("openai.OpenAI", "openai.AsyncOpenAI", "openai.AzureOpenAI"),
            *("openai.ChatCompletion.create",),
            *("anthropic.Anthropic", "anthropic.AsyncAnthropic"),
            *("google.generativeai.GenerativeModel",),
            *("google.genai.Client", "litellm.completion", "litellm.acompletion"),
            *("cohere.Client", "mistralai.Mistral"),
            *("langchain_openai.ChatOpenAI", "langchain_anthropic.ChatAnthropic", "ollama.chat"),
            *("replicate.run",),
            *("groq.Groq", "huggingface_hub.InferenceClient"),
        ),
    ),
    Sign(
        says=_MODEL,
        methods=("create", "stream", "parse"),
        when=called_on(
            r"chat\.completions|\w{0,40}client\.(?:beta\.)?(?:messages|responses|embeddings)"
        ),
    ),
    Sign(
        says=_MONEY,
        names=(
            *(
                f"stripe.{kind}.{how}"
                for kind in (
                    "Charge",
                    "PaymentIntent",
                    "Customer",
                    "Subscription",
                    "Refund",
                    "checkout.Session",
                    "Transfer",
                )
                for how in ("create", "modify", "capture", "confirm", "cancel")
            ),
            *("stripe.StripeClient", "paypalrestsdk.Payment", "razorpay.Client"),
            *("braintree.BraintreeGateway", "square.client.Client"),
        ),
    ),
    Sign(
        says=_MAIL,
        names=(
            *("smtplib.SMTP", "smtplib.SMTP_SSL", "aiosmtplib.send"),
            *("sendgrid.SendGridAPIClient", "twilio.rest.Client"),
            *("django.core.mail.send_mail", "django.core.mail.EmailMessage"),
            *("django.core.mail.EmailMultiAlternatives",),
            *("flask_mail.Message", "flask_mail.Mail", "resend.Emails.send"),
            *("postmarker.core.PostmarkClient",),
        ),
    ),
    Sign(
        says=_SHELL,
        names=(
            *("paramiko.SSHClient", "paramiko.Transport", "fabric.Connection"),
            *("asyncssh.connect", "netmiko.ConnectHandler", "docker.from_env"),
            *("docker.DockerClient",),
        ),
    ),
)

_OWN = r"\.{0,2}/(?!/)|blob:|data:"  # an address of the page's own server
_JAVASCRIPT = (
    Sign(
        says=_ASK,
        names=(
            *("fetch", "axios", "got", "ky", "node-fetch", "cross-fetch", "isomorphic-fetch"),
            *("superagent", "undici.fetch", "undici.request"),
            *(
                f"{module}.{verb}"
                for module in ("axios", "got", "ky", "superagent", "needle")
                for verb in (*_VERBS, "del")
            ),
            *("http.request", "http.get", "https.request", "https.get", "$fetch"),
            *("ofetch.ofetch", "request", "request-promise"),
        ),
        when=no(begins((0,), _OWN)),
    ),
    Sign(
        says=_ASK,
        names=(
            *("axios.create", "got.extend", "ky.create", "WebSocket", "ws", "ws.WebSocket"),
            *("EventSource",),
            *("socket.io-client.io", "socket.io-client", "net.connect", "net.createConnection"),
            *("@grpc/grpc-js.makeClientConstructor",),
            *("graphql-request.GraphQLClient", "@apollo/client.ApolloClient"),
            *(
                "navigator.sendBeacon",
                "amqplib.connect",
                "kafkajs.Kafka",
                "mqtt.connect",
            ),
        ),
        when=no(begins((0,), _OWN)),
    ),
    Sign(
        says=_SERVICE,
        names=(
            *(
                f"@aws-sdk/client-{name}"
                for name in (
                    "s3.S3Client",
                    "s3.S3",
                    "dynamodb.DynamoDBClient",
                    "ses.SESClient",
                    "sqs.SQSClient",
                )
            ),
            *(
                f"@aws-sdk/client-{name}"
                for name in (
                    "sns.SNSClient",
                    "lambda.LambdaClient",
                    "secrets-manager.SecretsManagerClient",
                )
            ),
            *("aws-sdk.S3", "aws-sdk.DynamoDB.DocumentClient", "aws-sdk.SES", "aws-sdk.Lambda"),
            *("@aws-sdk/s3-request-presigner.getSignedUrl",),
            *("@google-cloud/storage.Storage", "@google-cloud/pubsub.PubSub"),
            *("googleapis.google.auth.GoogleAuth",),
            *("firebase-admin.initializeApp", "firebase-admin/app.initializeApp"),
            *("firebase/app.initializeApp",),
            *("@azure/storage-blob.BlobServiceClient.fromConnectionString",),
            *("@supabase/supabase-js.createClient",),
            *("@octokit/rest.Octokit", "octokit.Octokit", "@slack/web-api.WebClient"),
            *("discord.js.Client", "minio.Client"),
        ),
    ),
    Sign(
        says=_MODEL,
        names=(
            *("openai", "openai.OpenAI", "@anthropic-ai/sdk", "@anthropic-ai/sdk.Anthropic"),
            *("@google/generative-ai.GoogleGenerativeAI",),
            *("ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject"),
            *("@langchain/openai.ChatOpenAI", "cohere-ai.CohereClient"),
        ),
    ),
    Sign(
        says=_MONEY,
        names=(
            *("stripe", "stripe.Stripe", "@stripe/stripe-js.loadStripe", "razorpay"),
            *("braintree.BraintreeGateway",),
            *("@paypal/checkout-server-sdk.core.PayPalHttpClient",),
        ),
    ),
    Sign(
        says=_MONEY,
        methods=("create", "confirm", "capture", "cancel"),
        when=called_on(r"stripe(?:\(\))?(?:\.\w{1,40}){1,3}"),
    ),
    Sign(
        says=_MAIL,
        names=(
            *("nodemailer.createTransport", "@sendgrid/mail.send"),
            *("@sendgrid/mail.setApiKey", "twilio", "resend.Resend", "mailgun.js"),
            *("postmark.ServerClient",),
        ),
        methods=("sendMail",),
    ),
    Sign(
        says=_SHELL,
        names=("ssh2.Client", "node-ssh.NodeSSH", "dockerode"),
    ),
)

TRIGGER = Trigger(
    id="trigger/external-api",
    title="Code that talks to somebody else's machines",
    severity=Severity.INFO,
    confidence=Confidence.HIGH,
    of_ai=True,
    page="""
An AI wrote or changed code that asks another machine, uses a service with the project's account, sends mail, moves
money or asks a model. What leaves there is gone, what comes back is somebody else's word, and a bill may come with it.
Requests to the page's own server (`fetch("/api/…")`) are passed over.
""",
    attack="Runs the service that the generated code trusts, or names it, and answers what it likes.",
    advice="Check where it goes, what it is told, with whose key, and what happens without an answer; request a review "
    "where data of people or money leaves.",
    bad=(
        """\
import requests

def rate(currency):
    return requests.get(f"https://rates.example/{currency}", timeout=5).json()
""",
        """\
import boto3

def kept():
    return boto3.client("s3")
""",
        """\
import smtplib

def tell(text):
    with smtplib.SMTP("mail.example") as server:
        server.sendmail("a@example.com", "b@example.com", text)
""",
    ),
    good=(
        """\
import json

def rate(text):
    return json.loads(text)
""",
        """\
from urllib.parse import urlparse

def host(address):
    return urlparse(address).hostname
""",
    ),
    python=_PYTHON,
    javascript=_JAVASCRIPT,
)
