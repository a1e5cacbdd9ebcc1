"""PostObject without any SDK: the fields of the official samples, signed as the documentation says, sent by `requests`."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

import requests
from report import env, expect, story

KEY_ID = env["OSS_ACCESS_KEY_ID"]
SECRET = env["OSS_ACCESS_KEY_SECRET"].encode()
DIRECTORY = "form/相册/"
FORM_BODY = "object=${object}&etag=${etag}&size=${size}&user=${x:user}&album=${x:album}"


def encode(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


def policy_of(conditions):
    expiration = datetime.now(timezone.utc) + timedelta(minutes=1)
    return encode({"expiration": expiration.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "conditions": conditions})


def v1_fields():
    """As the application servers of the samples return them: any key below a directory."""
    policy = policy_of([["content-length-range", 0, 1048576], ["starts-with", "$key", DIRECTORY]])
    signature = base64.b64encode(hmac.new(SECRET, policy.encode(), hashlib.sha1).digest()).decode()
    return {"policy": policy, "OSSAccessKeyId": KEY_ID, "signature": signature}


def v4_fields():
    now = datetime.now(timezone.utc)
    date = now.strftime("%Y%m%d")
    signing = {
        "x-oss-signature-version": "OSS4-HMAC-SHA256",
        "x-oss-credential": "%s/%s/%s/oss/aliyun_v4_request" % (KEY_ID, date, env["OSS_REGION"]),
        "x-oss-date": now.strftime("%Y%m%dT%H%M%SZ"),
    }
    conditions = [{"bucket": env["OSS_BUCKET"]}, ["starts-with", "$key", DIRECTORY], ["eq", "$success_action_status", "200"]]
    policy = policy_of(conditions + [{name: value} for name, value in signing.items()])
    key = b"aliyun_v4" + SECRET
    for text in (date, env["OSS_REGION"], "oss", "aliyun_v4_request"):
        key = hmac.new(key, text.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()
    return {"policy": policy, **signing, "x-oss-signature": signature}


def form_story():
    fields = {
        "key": DIRECTORY + "${filename}",
        **(v4_fields() if env["OSS_SIGNATURE"] == "V4" else v1_fields()),
        "success_action_status": "200",
        "callback": encode(
            {
                "callbackUrl": env["CALLBACK_URL"],
                "callbackBody": FORM_BODY,
                "callbackBodyType": "application/x-www-form-urlencoded",
            }
        ),
        "x:user": "42",
        "x:album": "春天/a b",
    }
    url = "%s/%s" % (env["OSS_ENDPOINT"], env["OSS_BUCKET"])
    content = b"by form"

    def post(changes):
        return requests.post(url, data={**fields, **changes}, files={"file": ("a b.txt", content)}, timeout=10)

    answer = post({})
    expect(answer.status_code, 200)
    elsewhere = post({"key": "elsewhere/${filename}"})
    expect(elsewhere.status_code, 403)
    failed = post({"callback": encode({"callbackUrl": env["BROKEN_CALLBACK_URL"], "callbackBody": FORM_BODY})})
    expect((failed.status_code, "<Code>CallbackFailed</Code>" in failed.text), (203, True))
    return {"answer": answer.json(), "etag": answer.headers["ETag"], "size": len(content)}


story("form", form_story)
