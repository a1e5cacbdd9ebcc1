"""Uploads a file with alibabacloud-oss-v2: python upload_v2.py FILE [parts]"""

import sys

import alibabacloud_oss_v2 as oss
from uploads_api import Refused, ask_for_keys, confirm

PART = 1024 * 1024


def open_client(grant):
    keys = grant["credentials"]
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(
        keys["accessKeyId"], keys["accessKeySecret"], keys["securityToken"]
    )
    config.endpoint = grant["endpoint"]
    config.region = grant["region"]
    config.use_cname = grant["addressing"] == "cname"
    config.use_path_style = grant["addressing"] == "path"
    return oss.Client(config)


def attributes_of(grant):
    headers = grant["headers"]
    return {
        "content_type": headers["content-type"],
        "content_disposition": headers["content-disposition"],
        "forbid_overwrite": headers["x-oss-forbid-overwrite"] == "true",
    }


def callback_of(grant):
    return {"callback": grant["callback"]["callback"], "callback_var": grant["callback"]["callbackVar"]}


def put(grant, file):
    where = {"bucket": grant["bucket"], "key": grant["key"]}
    request = oss.PutObjectRequest(**where, **attributes_of(grant), **callback_of(grant))
    return open_client(grant).put_object_from_file(request, file)


def put_parts(grant, file):
    client, where = open_client(grant), {"bucket": grant["bucket"], "key": grant["key"]}
    begun = client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(**where, **attributes_of(grant)))
    where["upload_id"] = begun.upload_id
    parts = []
    with open(file, "rb") as source:
        while data := source.read(PART):
            number = len(parts) + 1
            part = client.upload_part(oss.UploadPartRequest(**where, part_number=number, body=data))
            parts.append(oss.UploadPart(part_number=number, etag=part.etag))
    completed = oss.CompleteMultipartUpload(parts=parts)
    return client.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(**where, complete_multipart_upload=completed, **callback_of(grant))
    )


def main(file, way="put"):
    try:
        grant = ask_for_keys(file)
        result = put_parts(grant, file) if way == "parts" else put(grant, file)
        answer = result.callback_result
        # A failed callback raises nothing: the status tells it, and the answer is then XML of OSS.
        if result.status_code == 203:
            print("unconfirmed:", " ".join(answer.split()))
            answer = confirm(grant)
        print("done:", answer)
    except Refused as error:
        sys.exit("failed: %s" % error)
    except oss.exceptions.OperationError as error:
        cause = error.unwrap()
        sys.exit("failed: %s: %s" % (getattr(cause, "code", type(cause).__name__), getattr(cause, "message", cause)))


main(*sys.argv[1:])
