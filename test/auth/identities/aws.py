"""AWS on loopback: moto's STS, and CodeArtifact and the SSO portal as botocore's own models describe them.

Requests are validated by the model and their SigV4 signature is computed again; replies are checked against the model too. Prints {"sts", "services"} once it listens.
"""

import base64
import datetime
import email.utils
import gzip
import json
import logging
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import botocore
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from moto.server import ThreadedMotoServer
from moto.sts.models import sts_backends

OWNER = "123456789012"
REGION = "eu-central-1"
state = {"tokenSeconds": 3600, "skewSeconds": 0, "stubborn": False, "denied": False, "ssoToken": "sso-token", "requests": [], "issued": [], "goodUntil": {}}
keys = {"AKIDLOCALTEST0000001": ("local-secret", None)}


def model(service, version):
    path = os.path.join(os.path.dirname(botocore.__file__), "data", service, version, "service-2.json.gz")
    return ServiceModel(json.load(gzip.open(path)), service)


services = [model("codeartifact", "2018-09-22"), model("sso", "2019-06-10"), model("sso-oidc", "2019-06-10")]
operations = {
    (operation.http["method"], operation.http["requestUri"]): operation
    for service in services
    for operation in map(service.operation_model, service.operation_names)
}


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


def clock():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=state["skewSeconds"])


def strict(value, shape, name):
    """What botocore's validator leaves out: patterns and enumerations."""
    if shape.type_name == "structure":
        for member, inner in shape.members.items():
            if member in value:
                strict(value[member], inner, member)
    elif shape.type_name == "string":
        pattern = shape.metadata.get("pattern")
        if shape.enum and value not in shape.enum or pattern and not re.fullmatch(pattern, value):
            raise Refusal(400, "ValidationException", f"{name} is not as the model wants it")


def arguments(operation, query, headers, body):
    sent = json.loads(body) if body else {}
    places = {"querystring": query, "header": {k.lower(): v for k, v in headers.items()}}
    found = {}
    for name, shape in operation.input_shape.members.items():
        location = shape.serialization.get("location")
        key = shape.serialization.get("name", name)
        source = places.get(location, sent)
        key = key.lower() if location == "header" else key
        if key in source:
            found[name] = int(source[key]) if shape.type_name in ("integer", "long") else source[key]
    known = {s.serialization.get("name") for s in operation.input_shape.members.values() if s.serialization.get("location") == "querystring"}
    if set(query) - known:
        raise Refusal(400, "ValidationException", f"unknown parameters {set(query) - known}")
    report = ParamValidator().validate(found, operation.input_shape)
    if report.has_errors():
        raise Refusal(400, "ValidationException", report.generate_report())
    strict(found, operation.input_shape, operation.name)
    return found


def secret_of(key):
    if key in keys:
        return keys[key]
    for account in sts_backends.values():
        for backend in account.values():
            for role in backend.assumed_roles:
                if role.access_key_id == key:
                    return role.secret_access_key, role.session_token
    raise Refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid.")


def verify(handler, operation, body):
    """The region that it is signed for."""
    match = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=(\w+)/\d{8}/([\w-]+)/(\w+)/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)",
        handler.headers.get("authorization", ""),
    )
    if not match or match[3] != operation.service_model.signing_name:
        raise Refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    date = handler.headers["x-amz-date"]
    sent = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if state["stubborn"] or abs((clock() - sent).total_seconds()) > 300:
        raise Refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
    secret, token = secret_of(match[1])
    signed = {name: handler.headers[name] for name in match[4].split(";")}
    request = AWSRequest(method=handler.command, url=f"http://{handler.headers['host']}{handler.path}", headers=signed, data=body)
    request.context["timestamp"] = date
    auth = SigV4Auth(Credentials(match[1], secret), match[3], match[2])
    expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    if expected != match[5] or (token and handler.headers.get("x-amz-security-token") != token):
        raise Refusal(403, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
    return match[2]


def opaque():
    text = base64.b64encode(os.urandom(60)).decode()
    state["issued"].append(text)
    return text


def in_domain(given, region):
    if given["domain"] != "acme" or given.get("domainOwner", OWNER) != OWNER or region != REGION:
        raise Refusal(404, "ResourceNotFoundException", "Domain not found.")
    if state["denied"]:
        raise Refusal(403, "AccessDeniedException", "User is not authorized to perform: codeartifact:GetAuthorizationToken")


def get_authorization_token(given, region):
    in_domain(given, region)
    token, expiration = opaque(), clock() + datetime.timedelta(seconds=state["tokenSeconds"])
    state["goodUntil"][token] = expiration.timestamp() * 1000
    return {"authorizationToken": token, "expiration": expiration}


def get_repository_endpoint(given, region):
    in_domain(given, region)
    if given["repository"] != "agents":
        raise Refusal(404, "ResourceNotFoundException", "Repository not found.")
    return {"repositoryEndpoint": f"https://acme-{OWNER}.d.codeartifact.{REGION}.amazonaws.com/{given['format']}/agents/"}


def get_role_credentials(given, _):
    if given["accessToken"] != state["ssoToken"]:
        raise Refusal(401, "UnauthorizedException", "Session token not found or invalid")
    key, secret, token = f"ASIALOCALSSO{len(keys):08}", opaque(), opaque()
    keys[key] = (secret, token)
    expiry = int((clock() + datetime.timedelta(hours=1)).timestamp() * 1000)
    return {"roleCredentials": {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": token, "expiration": expiry}}


def create_token(given, _):
    raise Refusal(400, "InvalidGrantException", "Invalid refresh token provided")


handlers = {
    "GetAuthorizationToken": get_authorization_token,
    "GetRepositoryEndpoint": get_repository_endpoint,
    "GetRoleCredentials": get_role_credentials,
    "CreateToken": create_token,
}


class Services(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(b"")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers.get("content-length", 0))))

    def answer(self, body):
        address = urlsplit(self.path)
        if address.path == "/control":
            state.update(json.loads(body or b"{}"))
            return self.reply(200, state)
        try:
            operation = operations.get((self.command, address.path))
            if not operation or operation.name not in handlers:
                raise Refusal(404, "UnknownOperationException", f"{self.command} {address.path}")
            state["requests"].append(operation.name)
            given = arguments(operation, dict(parse_qsl(address.query)), self.headers, body)
            region = None if operation.auth_type == "none" or operation.name == "CreateToken" else verify(self, operation, body)
            result = handlers[operation.name](given, region)
            report = ParamValidator().validate(result, operation.output_shape)
            assert not report.has_errors(), report.generate_report()
            self.reply(200, result)
        except Refusal as refusal:
            self.reply(refusal.status, {"message": str(refusal)}, refusal.code)

    def reply(self, status, content, code=None):
        body = json.dumps(content, default=lambda it: it.timestamp()).encode()
        self.send_response_only(status)
        self.send_header("date", email.utils.format_datetime(clock(), usegmt=True))
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        if code:
            self.send_header("x-amzn-errortype", code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


logging.getLogger("werkzeug").setLevel(logging.ERROR)
moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
moto.start()
server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
host, port = moto.get_host_and_port()
print(json.dumps({"sts": f"http://{host}:{port}", "services": f"http://127.0.0.1:{server.server_port}"}), flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
