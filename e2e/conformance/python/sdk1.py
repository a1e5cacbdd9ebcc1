"""A program that uses `oss2`, as its users write them."""

import base64
import json
import tempfile
from pathlib import Path

import oss2
import requests
from report import env, expect, refused, story

is_v4 = env["OSS_SIGNATURE"] == "V4"


def open_bucket(name=env["OSS_BUCKET"], secret=env["OSS_ACCESS_KEY_SECRET"]):
    auth = (oss2.AuthV4 if is_v4 else oss2.Auth)(env["OSS_ACCESS_KEY_ID"], secret)
    return oss2.Bucket(auth, env["OSS_ENDPOINT"], name, is_path_style=True, region=env["OSS_REGION"])


bucket = open_bucket()
variables = {"x:user": "42", "x:album": "春天/a b"}
FORM_BODY = "object=${object}&etag=${etag}&size=${size}&user=${x:user}&album=${x:album}"
JSON_BODY = '{"object":${object},"etag":${etag},"size":${size},"user":${x:user},"album":${x:album}}'


def callback_headers(url, body, body_type="application/x-www-form-urlencoded"):
    def encode(value):
        return base64.b64encode(json.dumps(value).encode()).decode()

    callback = {"callbackUrl": url, "callbackBody": body, "callbackBodyType": body_type}
    return {"x-oss-callback": encode(callback), "x-oss-callback-var": encode(variables)}


def object_story():
    key = "相册/春 天.txt"
    bucket.put_object(key, b"hello", headers={"Content-Type": "text/plain", "x-oss-meta-uid": "7"})
    got = bucket.get_object(key)
    expect(got.read(), b"hello")
    expect(got.content_type, "text/plain")
    expect(bucket.head_object(key).headers["x-oss-meta-uid"], "7")
    bucket.delete_object(key)
    expect(refused(lambda: bucket.head_object(key)).status, 404)
    expect(refused(lambda: bucket.get_object(key)).code, "NoSuchKey")
    expect(bucket.object_exists(key), False)


def callback_story():
    content = b"hello callback"
    result = bucket.put_object("callback/春 天.txt", content, headers=callback_headers(env["CALLBACK_URL"], FORM_BODY))
    return {"answer": json.loads(result.resp.read()), "etag": result.etag, "size": len(content)}


def callback_failed_story():
    def upload(to):
        try:
            result = to.put_object(
                "callback-failed.txt", b"hello", headers=callback_headers(env["BROKEN_CALLBACK_URL"], FORM_BODY)
            )
        except oss2.exceptions.ServerError as error:
            return "not stored: " + error.code
        # No exception for a 203.
        return "stored, but the callback failed" if result.status == 203 else "stored and told"

    expect(upload(bucket), "stored, but the callback failed")
    expect(bucket.get_object("callback-failed.txt").read(), b"hello")
    expect(upload(open_bucket(name="no-such-bucket")), "not stored: NoSuchBucket")


def multipart_story():
    key = "multipart/大 文件.bin"
    content = b"multipart " * 35_840
    part_size = 100 * 1024
    upload_id = bucket.init_multipart_upload(key).upload_id
    parts = []
    for at in range(0, len(content), part_size):
        data = content[at : at + part_size]
        part = bucket.upload_part(key, upload_id, len(parts) + 1, data)
        parts.append(oss2.models.PartInfo(len(parts) + 1, part.etag, size=len(data), part_crc=part.crc))
    listed = bucket.list_parts(key, upload_id).parts
    expect([part.part_number for part in listed], [1, 2, 3, 4])
    result = bucket.complete_multipart_upload(
        key, upload_id, parts, headers=callback_headers(env["CALLBACK_URL"], JSON_BODY, "application/json")
    )
    answer = json.loads(result.resp.read())
    head = bucket.head_object(key)
    expect(head.etag.endswith("-4"), True)
    expect(bucket.get_object(key).read() == content, True)
    return {"answer": answer, "etag": head.etag, "size": len(content)}


def wrong_secret_story():
    stranger = open_bucket(secret="wrong")
    error = refused(lambda: stranger.put_object("stranger.txt", b"hello"))
    expect((error.status, error.code), (403, "SignatureDoesNotMatch"))


def list_story():
    keys = ["list/a.txt", "list/b c.txt", "list/sub/d.txt", "list/子/e.txt", "list/猫.txt"]
    for key in keys:
        bucket.put_object(key, b"x")
    folder = bucket.list_objects(prefix="list/", delimiter="/")
    expect([entry.key for entry in folder.object_list], ["list/a.txt", "list/b c.txt", "list/猫.txt"])
    expect(folder.prefix_list, ["list/sub/", "list/子/"])
    expect([entry.key for entry in oss2.ObjectIterator(bucket, prefix="list/", max_keys=2)], keys)
    expect([entry.key for entry in oss2.ObjectIteratorV2(bucket, prefix="list/", max_keys=2)], keys)


def copy_story():
    bucket.put_object("copy/原 文.txt", b"to copy", headers={"Content-Type": "text/x-copy", "x-oss-meta-uid": "9"})
    bucket.copy_object(env["OSS_BUCKET"], "copy/原 文.txt", "copy/副 本.txt")
    copy = bucket.get_object("copy/副 本.txt")
    expect(copy.read(), b"to copy")
    expect((copy.content_type, copy.headers["x-oss-meta-uid"]), ("text/x-copy", "9"))


def append_story():
    key = "append/日 志.txt"
    first = bucket.append_object(key, 0, b"one ", init_crc=0)
    expect(first.next_position, 4)
    bucket.append_object(key, first.next_position, b"two", init_crc=first.crc)
    expect(bucket.get_object(key).read(), b"one two")
    error = refused(lambda: bucket.append_object(key, 3, b"again"))
    expect((error.status, error.code, error.next_position), (409, "PositionNotEqualToLength", 7))


def presigned_story():
    key = "presigned/春 天.txt"
    put = requests.put(bucket.sign_url("PUT", key, 60, slash_safe=True), data=b"by URL", timeout=10)
    expect(put.status_code, 200)
    get_url = bucket.sign_url("GET", key, 60, slash_safe=True)
    expect(requests.get(get_url, timeout=10).content, b"by URL")
    expect(requests.delete(get_url, timeout=10).status_code, 403)


def crc_story():
    content = b"checked " * 50_000
    put = bucket.put_object("crc.bin", content)
    got = bucket.get_object("crc.bin")
    expect(got.read() == content, True)
    expect(got.client_crc, put.crc)
    expect(got.server_crc, put.crc)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file.bin")
        file.write_bytes(content)
        bucket.put_object_from_file("crc-file.bin", str(file))
        bucket.get_object_to_file("crc-file.bin", str(file))
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
