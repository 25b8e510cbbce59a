"""DynamoDB by moto, which evaluates conditions, updates and projections."""

import re

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from world import Service

EXPRESSIONS = ("ConditionExpression", "UpdateExpression", "ProjectionExpression", "FilterExpression", "KeyConditionExpression")
NOT_NAMES = {"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE", "SIZE", "CONTAINS"}
"""Words of the expression language and its functions that are reserved too."""

mock_aws().start()
_moto = boto3.client("dynamodb", region_name="us-east-1")


class DynamoDb(Service):
    """State: tables: {<name>: {key: {<attribute>: S | N | B, at most two}, items: [DynamoDB JSON]}}."""

    name = "dynamodb"
    empty = {"tables": {}}

    def initial(self) -> None:
        dynamodb_backends.reset()
        for table, content in self.state["tables"].items():
            key = content["key"]
            _moto.create_table(
                TableName=table, BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in key.items()],
                KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in zip(key, ("HASH", "RANGE"))])
            for item in content["items"]:
                _moto.put_item(TableName=table, Item=item)

    def final(self) -> dict:
        return {"tables": {table: {"key": content["key"], "items": self._items(table, content["key"])}
                           for table, content in self.state["tables"].items()}}

    def get_item(self, request: dict) -> dict:
        return self._moto("get_item", request)

    def put_item(self, request: dict) -> dict:
        return self._moto("put_item", request)

    def update_item(self, request: dict) -> dict:
        return self._moto("update_item", request)

    def delete_item(self, request: dict) -> dict:
        return self._moto("delete_item", request)

    def query(self, request: dict) -> dict:
        return self._moto("query", request)

    def scan(self, request: dict) -> dict:
        return self._moto("scan", request)

    def transact_write_items(self, request: dict) -> dict:
        return self._moto("transact_write_items", request)

    def _moto(self, method: str, request: dict) -> dict:
        for part in [request, *(action for item in request.get("TransactItems", []) for action in item.values())]:
            self._check_expressions(part)
        try:
            reply = getattr(_moto, method)(**request)
        except ClientError as error:
            raise self.error(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        return {key: value for key, value in reply.items() if key != "ResponseMetadata"}

    def _check_expressions(self, request: dict) -> None:
        """What DynamoDB refuses and moto lets pass: reserved words as names, placeholders unused or undefined."""
        texts = [request[field] for field in EXPRESSIONS if field in request]
        words = set(re.findall(r"[#:]?\b[A-Za-z_]\w*", " ".join(texts)))
        given = {*request.get("ExpressionAttributeNames", {}), *request.get("ExpressionAttributeValues", {})}
        used = {word for word in words if word[0] in "#:"}
        reserved = {word for word in words - used if word.upper() in ReservedKeywords.get_reserved_keywords()
                    and word.upper() not in NOT_NAMES}
        for problem, found in (("names are reserved words", reserved), ("not defined", used - given),
                               ("unused in expressions", given - used)):
            if found:
                raise self.error("ValidationException", f"{problem}: {', '.join(sorted(found))}")

    def _items(self, table: str, key: dict) -> list[dict]:
        items = _moto.scan(TableName=table)["Items"]
        return sorted(items, key=lambda item: [str(item[name]) for name in key])
