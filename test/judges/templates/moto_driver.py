"""A moto server on loopback and, over stdin and stdout, one JSON answer per JSON request.

Stacks go through the server's own CreateStack, UpdateStack and DeleteStack; what was really made is read from moto's
memory, which lies in this process. The process ends when stdin does, so that no server outlives its test.
"""

import base64
import json
import logging
import os
import sys

import boto3
from botocore.config import Config
from moto.cloudformation.models import cloudformation_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

import moto_patches
from moto_patches.stand_in import StandIn

TEMPLATES = "templates-of-the-driver"


class Failed(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class LastWords(logging.Handler):
    """Keeps the traceback of a request that crashed moto, since all the client sees is a 500."""

    text = ""

    def emit(self, record):
        self.text = record.getMessage()


crash = LastWords(logging.ERROR)


class Driver:
    def __init__(self, endpoint, account, region):
        self.endpoint, self.account, self.region, self._clients = endpoint, account, region, {}

    def client(self, service):
        if service not in self._clients:
            once = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=600)
            keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
            client = boto3.client(service, self.region, endpoint_url=self.endpoint, config=once, **keys)
            client.meta.events.register("before-call.*", self._as_account)
            self._clients[service] = client
        return self._clients[service]

    def _as_account(self, params, **_):
        params["headers"]["x-moto-account-id"] = self.account

    def call(self, service, operation, params):
        answer = getattr(self.client(service), operation)(**params)
        answer.pop("ResponseMetadata", None)
        return answer

    def reset(self):
        moto_api_backend.reset()
        moto_patches.reset()

    def create(self, stack, template, parameters, importExisting):
        moto_patches.import_existing(importExisting)
        try:
            self._send("create_stack", stack, template, parameters)
        finally:
            moto_patches.import_existing(False)
        return self._outcome(self._stack(stack), "CREATE_COMPLETE")

    def update(self, stack, template, parameters):
        self._send("update_stack", stack, template, parameters)
        return self._outcome(self._stack(stack), "UPDATE_COMPLETE")

    def delete(self, stack):
        found = self._stack(stack)
        self.client("cloudformation").delete_stack(StackName=stack)
        return self._outcome(found, "DELETE_COMPLETE")

    def describe(self, stack):
        return self._report(self._stack(stack))

    def _send(self, operation, stack, template, parameters):
        """By way of a bucket, as the CDK does: a template in the request itself may have 51,200 bytes."""
        bucket, cloudformation = s3_backends[self.account]["aws"], self.client("cloudformation")
        bucket.create_bucket(TEMPLATES, self.region)
        bucket.put_object(TEMPLATES, "template.json", template.encode())
        try:
            getattr(cloudformation, operation)(
                StackName=stack,
                TemplateURL=f"https://s3.amazonaws.com/{TEMPLATES}/template.json",
                Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
        finally:
            bucket.delete_object(TEMPLATES, "template.json")
            bucket.delete_bucket(TEMPLATES)

    def _stack(self, name):
        return cloudformation_backends[self.account][self.region].get_stack(name)

    def _outcome(self, stack, wanted):
        if stack.status != wanted:
            raise Failed(stack.status, stack.events[-1].resource_status_reason)
        return self._report(stack)

    def _report(self, stack):
        resources = stack.resource_map
        rows = [self._row(resources, logical_id, deployed) for logical_id, deployed in resources.deployed.items()]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.outputs or []}
        return {
            "stack": stack.name,
            "status": stack.status,
            "resources": rows,
            "guessedAttributes": sorted(resources.guessed),
            "outputs": outputs,
            **resources.journal,
        }

    def _row(self, resources, logical_id, deployed):
        resource = resources.resource(logical_id)
        return {
            "logicalId": logical_id,
            "type": deployed.definition["Type"],
            "physicalId": getattr(resource, "physical_resource_id", None),
            "made": not isinstance(resource, StandIn),
            "unreadProperties": deployed.unread,
        }


def plain(value):
    """JSON for what botocore answers with: bytes, streams and dates."""
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def answer(driver, request):
    crash.text = ""
    try:
        return {"result": getattr(driver, request.pop("do"))(**request)}
    except Exception as error:  # whatever happens, the caller gets an answer
        response = getattr(error, "response", None) or {}
        code = getattr(error, "code", None) or response.get("Error", {}).get("Code") or type(error).__name__
        crashed = f"moto crashed: {crash.text.strip().splitlines()[-1]}" if crash.text.strip() else None
        return {"error": {"code": str(code), "message": crashed or str(error)}}


def main(account, region):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    logging.getLogger("werkzeug").addHandler(crash)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    moto_patches.install()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    driver = Driver(endpoint, account, region)

    def say(message):
        answers.write(json.dumps(message, default=plain) + "\n")
        answers.flush()

    say({"result": {"endpoint": endpoint}})
    for line in sys.stdin:
        say(answer(driver, json.loads(line)))


if __name__ == "__main__":
    main(*sys.argv[1:])
