// A program that uses aliyun-oss-go-sdk, as its users write them.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"

	"conformance/report"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

var bucket = openBucket(os.Getenv("OSS_BUCKET"), os.Getenv("OSS_ACCESS_KEY_SECRET"))

func openBucket(name, secret string) *oss.Bucket {
	version := oss.AuthV1
	if os.Getenv("OSS_SIGNATURE") == "V4" {
		version = oss.AuthV4
	}
	client, err := oss.New(os.Getenv("OSS_ENDPOINT"), os.Getenv("OSS_ACCESS_KEY_ID"), secret,
		oss.ForcePathStyle(true), oss.AuthVersion(version), oss.Region(os.Getenv("OSS_REGION")))
	if err != nil {
		panic(err)
	}
	opened, err := client.Bucket(name)
	if err != nil {
		panic(err)
	}
	return opened
}

func main() {
	report.Story("object", object)
	report.Story("callback", callback)
	report.Story("callback-failed", callbackFailed)
	report.Story("multipart", multipart)
	report.Story("wrong-secret", wrongSecret)
	report.Story("list", list)
	report.Story("copy", copyObject)
	report.Story("append", appendObject)
	report.Story("presigned", presigned)
	report.Story("crc", crc)
}

// codeOf is the service's own code, or the text of another error.
func codeOf(err error) string {
	var serviceError oss.ServiceError
	if errors.As(err, &serviceError) {
		return serviceError.Code
	}
	if err == nil {
		return "no error"
	}
	return err.Error()
}

func put(key, content string, options ...oss.Option) error {
	return bucket.PutObject(key, strings.NewReader(content), options...)
}

func get(key string) (string, error) {
	return report.ReadAll(bucket.GetObject(key))
}

func object() (report.Detail, error) {
	key := "相册/春 天.txt"
	if err := put(key, "hello", oss.ContentType("text/plain"), oss.Meta("uid", "7")); err != nil {
		return nil, err
	}
	content, err := get(key)
	if err != nil {
		return nil, err
	}
	head, err := bucket.GetObjectDetailedMeta(key)
	if err != nil {
		return nil, err
	}
	if err := bucket.DeleteObject(key); err != nil {
		return nil, err
	}
	_, gone := get(key)
	exists, err := bucket.IsObjectExist(key)
	return nil, report.First(err,
		report.Expect("content", content, "hello"),
		report.Expect("type", head.Get("Content-Type"), "text/plain"),
		report.Expect("metadata", head.Get("X-Oss-Meta-Uid"), "7"),
		report.Expect("after the deletion", codeOf(gone), "NoSuchKey"),
		report.Expect("existence", exists, false))
}

func callback() (report.Detail, error) {
	content := "hello callback"
	parameter, variables := report.Callback(os.Getenv("CALLBACK_URL"), report.FormBody, report.FormType)
	var answer []byte
	var headers http.Header
	err := put("callback/春 天.txt", content, oss.Callback(parameter), oss.CallbackVar(variables),
		oss.CallbackResult(&answer), oss.GetResponseHeader(&headers))
	if err != nil {
		return nil, err
	}
	return report.Detail{"answer": json.RawMessage(answer), "etag": headers.Get("ETag"), "size": len(content)}, nil
}

func callbackFailed() (report.Detail, error) {
	upload := func(to *oss.Bucket) string {
		parameter, variables := report.Callback(os.Getenv("BROKEN_CALLBACK_URL"), report.FormBody, report.FormType)
		err := to.PutObject("callback-failed.txt", strings.NewReader("hello"),
			oss.Callback(parameter), oss.CallbackVar(variables))
		var serviceError oss.ServiceError
		if errors.As(err, &serviceError) && serviceError.StatusCode == http.StatusNonAuthoritativeInfo {
			return "stored, but the callback failed"
		}
		return "not stored: " + codeOf(err)
	}
	told := upload(bucket)
	stored, err := get("callback-failed.txt")
	elsewhere := upload(openBucket("no-such-bucket", os.Getenv("OSS_ACCESS_KEY_SECRET")))
	return nil, report.First(err,
		report.Expect("upload", told, "stored, but the callback failed"),
		report.Expect("content", stored, "hello"),
		report.Expect("upload elsewhere", elsewhere, "not stored: NoSuchBucket"))
}

func multipart() (report.Detail, error) {
	key := "multipart/大 文件.bin"
	upload, err := bucket.InitiateMultipartUpload(key)
	if err != nil {
		return nil, err
	}
	var parts []oss.UploadPart
	for at, data := range report.Parts(report.Multipart) {
		part, err := bucket.UploadPart(upload, bytes.NewReader(data), int64(len(data)), at+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	listed, err := bucket.ListUploadedParts(upload)
	if err != nil {
		return nil, err
	}
	parameter, variables := report.Callback(os.Getenv("CALLBACK_URL"), report.JSONBody, report.JSONType)
	var answer []byte
	_, err = bucket.CompleteMultipartUpload(upload, parts, oss.Callback(parameter), oss.CallbackVar(variables),
		oss.CallbackResult(&answer))
	if err != nil {
		return nil, err
	}
	head, err := bucket.GetObjectDetailedMeta(key)
	if err != nil {
		return nil, err
	}
	content, err := get(key)
	return report.Detail{"answer": json.RawMessage(answer), "etag": head.Get("ETag"), "size": len(content)},
		report.First(err,
			report.Expect("parts", len(listed.UploadedParts), 4),
			report.Expect("ETag of four parts", strings.HasSuffix(head.Get("ETag"), `-4"`), true),
			report.Expect("same content", content == string(report.Multipart), true))
}

func wrongSecret() (report.Detail, error) {
	stranger := openBucket(os.Getenv("OSS_BUCKET"), "wrong")
	err := stranger.PutObject("stranger.txt", strings.NewReader("hello"))
	return nil, report.Expect("refusal", codeOf(err), "SignatureDoesNotMatch")
}

func list() (report.Detail, error) {
	keys := []string{"list/a.txt", "list/b c.txt", "list/sub/d.txt", "list/子/e.txt", "list/猫.txt"}
	for _, key := range keys {
		if err := put(key, "x"); err != nil {
			return nil, err
		}
	}
	folder, err := bucket.ListObjects(oss.Prefix("list/"), oss.Delimiter("/"))
	if err != nil {
		return nil, err
	}
	var paged []string
	for marker := ""; ; {
		page, err := bucket.ListObjects(oss.Prefix("list/"), oss.MaxKeys(2), oss.Marker(marker))
		if err != nil {
			return nil, err
		}
		paged = append(paged, keysOf(page.Objects)...)
		marker = page.NextMarker
		if !page.IsTruncated {
			break
		}
	}
	var pagedV2 []string
	for token := ""; ; {
		page, err := bucket.ListObjectsV2(oss.Prefix("list/"), oss.MaxKeys(2), oss.ContinuationToken(token))
		if err != nil {
			return nil, err
		}
		pagedV2 = append(pagedV2, keysOf(page.Objects)...)
		token = page.NextContinuationToken
		if !page.IsTruncated {
			break
		}
	}
	return nil, report.First(
		report.Expect("keys", keysOf(folder.Objects), []string{"list/a.txt", "list/b c.txt", "list/猫.txt"}),
		report.Expect("folders", folder.CommonPrefixes, []string{"list/sub/", "list/子/"}),
		report.Expect("pages", paged, keys),
		report.Expect("pages of V2", pagedV2, keys))
}

func keysOf(objects []oss.ObjectProperties) []string {
	var keys []string
	for _, object := range objects {
		keys = append(keys, object.Key)
	}
	return keys
}

func copyObject() (report.Detail, error) {
	if err := put("copy/原 文.txt", "to copy", oss.ContentType("text/x-copy"), oss.Meta("uid", "9")); err != nil {
		return nil, err
	}
	if _, err := bucket.CopyObject("copy/原 文.txt", "copy/副 本.txt"); err != nil {
		return nil, err
	}
	content, err := get("copy/副 本.txt")
	if err != nil {
		return nil, err
	}
	head, err := bucket.GetObjectDetailedMeta("copy/副 本.txt")
	return nil, report.First(err,
		report.Expect("content", content, "to copy"),
		report.Expect("type", head.Get("Content-Type"), "text/x-copy"),
		report.Expect("metadata", head.Get("X-Oss-Meta-Uid"), "9"))
}

func appendObject() (report.Detail, error) {
	key := "append/日 志.txt"
	first, err := bucket.DoAppendObject(
		&oss.AppendObjectRequest{ObjectKey: key, Reader: strings.NewReader("one ")}, []oss.Option{oss.InitCRC(0)})
	if err != nil {
		return nil, err
	}
	next, err := bucket.AppendObject(key, strings.NewReader("two"), first.NextPosition, oss.InitCRC(first.CRC))
	if err != nil {
		return nil, err
	}
	content, err := get(key)
	_, refusal := bucket.AppendObject(key, strings.NewReader("again"), 3)
	return nil, report.First(err,
		report.Expect("next position", next, int64(7)),
		report.Expect("content", content, "one two"),
		report.Expect("refusal", codeOf(refusal), "PositionNotEqualToLength"))
}

func presigned() (report.Detail, error) {
	key := "presigned/春 天.txt"
	putURL, err := bucket.SignURL(key, oss.HTTPPut, 60)
	if err != nil {
		return nil, err
	}
	putStatus, putAnswer, err := report.Request(http.MethodPut, putURL, "by URL", nil)
	if err != nil {
		return nil, err
	}
	getURL, err := bucket.SignURL(key, oss.HTTPGet, 60)
	if err != nil {
		return nil, err
	}
	_, content, err := report.Request(http.MethodGet, getURL, "", nil)
	if err != nil {
		return nil, err
	}
	deleteStatus, _, err := report.Request(http.MethodDelete, getURL, "", nil)
	return nil, report.First(err,
		report.Expect("PUT, "+putAnswer, putStatus, http.StatusOK),
		report.Expect("content", content, "by URL"),
		report.Expect("DELETE by a URL for GET", deleteStatus, http.StatusForbidden))
}

func crc() (report.Detail, error) {
	content := strings.Repeat("checked ", 50_000)
	folder, err := os.MkdirTemp("", "conformance-go-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := folder + "/file.bin"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		return nil, err
	}
	response, err := bucket.DoPutObject(&oss.PutObjectRequest{ObjectKey: "crc.bin", Reader: strings.NewReader(content)}, nil)
	if err != nil {
		return nil, err
	}
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	// Parts and downloads are checked as well.
	return nil, report.First(
		report.Expect("a checksum of ours", response.ClientCRC != 0, true),
		report.Expect("checksums", response.ServerCRC, response.ClientCRC),
		bucket.UploadFile("crc-parts.bin", file, report.PartSize, oss.Routines(3)),
		bucket.GetObjectToFile("crc-parts.bin", file),
		bucket.DownloadFile("crc-parts.bin", file, report.PartSize, oss.Routines(3)))
}
