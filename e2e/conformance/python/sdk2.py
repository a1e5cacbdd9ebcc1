"""A program that uses `alibabacloud-oss-v2`, as its users write them."""

import base64
import json
import tempfile
from pathlib import Path

import alibabacloud_oss_v2 as oss
import requests
from report import env, expect, refused, story

BUCKET = env["OSS_BUCKET"]


def open_client(secret=env["OSS_ACCESS_KEY_SECRET"]):
    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(env["OSS_ACCESS_KEY_ID"], secret)
    config.endpoint = env["OSS_ENDPOINT"]
    config.region = env["OSS_REGION"]
    config.signature_version = env["OSS_SIGNATURE"].lower()
    config.use_path_style = True
    return oss.Client(config)


client = open_client()
variables = {"x:user": "42", "x:album": "春天/a b"}
FORM_BODY = "object=${object}&etag=${etag}&size=${size}&user=${x:user}&album=${x:album}"
JSON_BODY = '{"object":${object},"etag":${etag},"size":${size},"user":${x:user},"album":${x:album}}'


def callback_of(url, body, body_type="application/x-www-form-urlencoded"):
    def encode(value):
        return base64.b64encode(json.dumps(value).encode()).decode()

    callback = {"callbackUrl": url, "callbackBody": body, "callbackBodyType": body_type}
    return {"callback": encode(callback), "callback_var": encode(variables)}


def put(key, body, **more):
    return client.put_object(oss.PutObjectRequest(bucket=BUCKET, key=key, body=body, **more))


def get(key):
    return client.get_object(oss.GetObjectRequest(bucket=BUCKET, key=key))


def head(key):
    return client.head_object(oss.HeadObjectRequest(bucket=BUCKET, key=key))


def service_error(call):
    """The service's own error, out of the operation's."""
    error = refused(call)
    return error.unwrap() if isinstance(error, oss.exceptions.OperationError) else error


def object_story():
    key = "相册/春 天.txt"
    put(key, b"hello", content_type="text/plain", metadata={"uid": "7"})
    got = get(key)
    expect(got.body.read(), b"hello")
    expect(got.content_type, "text/plain")
    expect(head(key).metadata["uid"], "7")
    client.delete_object(oss.DeleteObjectRequest(bucket=BUCKET, key=key))
    expect(service_error(lambda: get(key)).code, "NoSuchKey")
    gone = service_error(lambda: head(key))
    expect((gone.status_code, gone.code), (404, "NoSuchKey"))
    expect(client.is_object_exist(BUCKET, key), False)


def callback_story():
    content = b"hello callback"
    result = put("callback/春 天.txt", content, **callback_of(env["CALLBACK_URL"], FORM_BODY))
    return {"answer": json.loads(result.callback_result), "etag": result.etag, "size": len(content)}


def callback_failed_story():
    def upload(bucket):
        request = oss.PutObjectRequest(
            bucket=bucket,
            key="callback-failed.txt",
            body=b"hello",
            **callback_of(env["BROKEN_CALLBACK_URL"], FORM_BODY),
        )
        try:
            result = client.put_object(request)
        except oss.exceptions.OperationError as error:
            return "not stored: " + error.unwrap().code
        # No exception for a 203.
        return "stored, but the callback failed" if result.status_code == 203 else "stored and told"

    expect(upload(BUCKET), "stored, but the callback failed")
    expect(get("callback-failed.txt").body.read(), b"hello")
    expect(upload("no-such-bucket"), "not stored: NoSuchBucket")


def multipart_story():
    key = "multipart/大 文件.bin"
    content = b"multipart " * 35_840
    part_size = 100 * 1024
    upload = client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=BUCKET, key=key))
    where = {"bucket": BUCKET, "key": key, "upload_id": upload.upload_id}
    parts = []
    for at in range(0, len(content), part_size):
        number = len(parts) + 1
        request = oss.UploadPartRequest(**where, part_number=number, body=content[at : at + part_size])
        parts.append(oss.UploadPart(part_number=number, etag=client.upload_part(request).etag))
    listed = client.list_parts(oss.ListPartsRequest(**where))
    expect([part.part_number for part in listed.parts], [1, 2, 3, 4])
    result = client.complete_multipart_upload(
        oss.CompleteMultipartUploadRequest(
            **where,
            complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts),
            **callback_of(env["CALLBACK_URL"], JSON_BODY, "application/json"),
        )
    )
    etag = head(key).etag
    expect(etag.endswith('-4"'), True)
    expect(get(key).body.read() == content, True)
    return {"answer": json.loads(result.callback_result), "etag": etag, "size": len(content)}


def wrong_secret_story():
    stranger = open_client(secret="wrong")
    request = oss.PutObjectRequest(bucket=BUCKET, key="stranger.txt", body=b"hello")
    error = service_error(lambda: stranger.put_object(request))
    expect((error.status_code, error.code), (403, "SignatureDoesNotMatch"))


def list_story():
    keys = ["list/a.txt", "list/b c.txt", "list/sub/d.txt", "list/子/e.txt", "list/猫.txt"]
    for key in keys:
        put(key, b"x")
    folder = client.list_objects_v2(oss.ListObjectsV2Request(bucket=BUCKET, prefix="list/", delimiter="/"))
    expect([entry.key for entry in folder.contents], ["list/a.txt", "list/b c.txt", "list/猫.txt"])
    expect([entry.prefix for entry in folder.common_prefixes], ["list/sub/", "list/子/"])

    pages = client.list_objects_v2_paginator().iter_page(
        oss.ListObjectsV2Request(bucket=BUCKET, prefix="list/", max_keys=2)
    )
    expect([[entry.key for entry in page.contents] for page in pages], [keys[:2], keys[2:4], keys[4:]])
    pages = client.list_objects_paginator().iter_page(
        oss.ListObjectsRequest(bucket=BUCKET, prefix="list/", max_keys=2)
    )
    expect([[entry.key for entry in page.contents] for page in pages], [keys[:2], keys[2:4], keys[4:]])


def copy_story():
    put("copy/原 文.txt", b"to copy", content_type="text/x-copy", metadata={"uid": "9"})
    client.copy_object(
        oss.CopyObjectRequest(bucket=BUCKET, key="copy/副 本.txt", source_bucket=BUCKET, source_key="copy/原 文.txt")
    )
    copy = get("copy/副 本.txt")
    expect(copy.body.read(), b"to copy")
    expect((copy.content_type, copy.metadata["uid"]), ("text/x-copy", "9"))


def append_story():
    key = "append/日 志.txt"

    def append(position, body, crc=None):
        request = oss.AppendObjectRequest(bucket=BUCKET, key=key, position=position, body=body, init_hash_crc64=crc)
        return client.append_object(request)

    first = append(0, b"one ", "0")
    expect(first.next_position, 4)
    append(first.next_position, b"two", first.hash_crc64)
    expect(get(key).body.read(), b"one two")
    error = service_error(lambda: append(3, b"again"))
    expect((error.status_code, error.code), (409, "PositionNotEqualToLength"))


def presigned_story():
    key = "presigned/春 天.txt"
    to_put = client.presign(oss.PutObjectRequest(bucket=BUCKET, key=key))
    put_answer = requests.put(to_put.url, data=b"by URL", headers=to_put.signed_headers, timeout=10)
    expect(put_answer.status_code, 200)
    to_get = client.presign(oss.GetObjectRequest(bucket=BUCKET, key=key))
    expect(requests.get(to_get.url, headers=to_get.signed_headers, timeout=10).content, b"by URL")
    expect(requests.delete(to_get.url, timeout=10).status_code, 403)


def crc_story():
    content = b"checked " * 50_000
    expect(put("crc.bin", content).hash_crc64 is None, False)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file.bin")
        downloaded = client.get_object_to_file(oss.GetObjectRequest(bucket=BUCKET, key="crc.bin"), str(file))
        expect(downloaded.hash_crc64 is None, False)
        expect(file.read_bytes() == content, True)
        # Parts and the whole object are checked.
        client.uploader(part_size=100 * 1024).upload_file(
            oss.PutObjectRequest(bucket=BUCKET, key="crc-parts.bin"), filepath=str(file)
        )
        client.downloader(part_size=100 * 1024).download_file(
            oss.GetObjectRequest(bucket=BUCKET, key="crc-parts.bin"), filepath=str(file)
        )
        expect(file.read_bytes() == content, True)


story("object", object_story)
story("callback", callback_story)
story("callback-failed", callback_failed_story)
story("multipart", multipart_story)
story("wrong-secret", wrong_secret_story)
story("list", list_story)
story("copy", copy_story)
story("append", append_story)
story("presigned", presigned_story)
story("crc", crc_story)
