"""Uploads a file with oss2: python upload_oss2.py FILE [parts]"""

import sys

import oss2
from oss2.models import PartInfo
from uploads_api import Refused, ask_for_keys, confirm

PART = 1024 * 1024


def open_bucket(grant):
    keys = grant["credentials"]
    auth = oss2.StsAuth(
        keys["accessKeyId"], keys["accessKeySecret"], keys["securityToken"], auth_version=oss2.AUTH_VERSION_4
    )
    return oss2.Bucket(
        auth,
        grant["endpoint"],
        grant["bucket"],
        region=grant["region"],
        is_cname=grant["addressing"] == "cname",
        is_path_style=grant["addressing"] == "path",
    )


def callback_headers(grant):
    callback = grant["callback"]
    return {"x-oss-callback": callback["callback"], "x-oss-callback-var": callback["callbackVar"]}


def put(grant, file):
    headers = {**grant["headers"], **callback_headers(grant)}
    return open_bucket(grant).put_object_from_file(grant["key"], file, headers=headers)


def put_parts(grant, file):
    bucket, key = open_bucket(grant), grant["key"]
    upload_id = bucket.init_multipart_upload(key, headers=grant["headers"]).upload_id
    parts = []
    with open(file, "rb") as source:
        while data := source.read(PART):
            number = len(parts) + 1
            part = bucket.upload_part(key, upload_id, number, data)
            parts.append(PartInfo(number, part.etag, size=len(data), part_crc=part.crc))
    return bucket.complete_multipart_upload(key, upload_id, parts, headers=callback_headers(grant))


def main(file, way="put"):
    try:
        grant = ask_for_keys(file)
        result = put_parts(grant, file) if way == "parts" else put(grant, file)
        answer = result.resp.read().decode()
        # A failed callback raises nothing: the status tells it, and the answer is then XML of OSS.
        if result.status == 203:
            print("unconfirmed:", " ".join(answer.split()))
            answer = confirm(grant)
        print("done:", answer)
    except Refused as error:
        sys.exit("failed: %s" % error)
    except oss2.exceptions.OssError as error:
        sys.exit("failed: %s: %s" % (error.code, error.message))


main(*sys.argv[1:])
