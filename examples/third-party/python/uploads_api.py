"""The calls of the server that both programs here make."""

import json
import os
from pathlib import Path

import requests

UPLOADS = os.environ.get("UPLOADS", "http://localhost:3002/uploads")
KEY = os.environ.get("UPLOADS_KEY", "odk_made-by-oss-direct-keys-create")


class Refused(Exception):
    pass


def call(path, body):
    answer = requests.post(UPLOADS + path, json=body, headers={"Authorization": "Bearer " + KEY}, timeout=30)
    value = answer.json()
    if not answer.ok:
        raise Refused("%s: %s" % (value["code"], value["detail"]))
    return value


def ask_for_keys(file):
    """Temporary keys that are good for this file."""
    path = Path(file)
    described = {"name": path.name, "size": path.stat().st_size, "type": "text/plain"}
    answer = call("", {"route": "partner", "transport": "sts", "files": [described]})["grants"][0]
    if not answer["ok"]:
        raise Refused("%s: %s" % (answer["error"]["code"], answer["error"]["detail"]))
    return answer["grant"]


def confirm(grant):
    """What the application answers now: it has asked the bucket. Not a byte is sent again."""
    return json.dumps(call("/%s/confirm" % grant["id"], {}))
