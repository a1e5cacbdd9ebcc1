// A program that uses alibabacloud-oss-go-sdk-v2, as its users write them.
package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"strings"

	"conformance/report"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

var (
	ctx    = context.Background()
	bucket = oss.Ptr(os.Getenv("OSS_BUCKET"))
	client = openClient(os.Getenv("OSS_ACCESS_KEY_SECRET"))
)

func openClient(secret string) *oss.Client {
	version := oss.SignatureVersionV1
	if os.Getenv("OSS_SIGNATURE") == "V4" {
		version = oss.SignatureVersionV4
	}
	return oss.NewClient(oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(os.Getenv("OSS_ACCESS_KEY_ID"), secret)).
		WithEndpoint(os.Getenv("OSS_ENDPOINT")).
		WithRegion(os.Getenv("OSS_REGION")).
		WithSignatureVersion(version).
		WithUsePathStyle(true))
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
	var serviceError *oss.ServiceError
	if errors.As(err, &serviceError) {
		return serviceError.Code
	}
	if err == nil {
		return "no error"
	}
	return err.Error()
}

func put(key, content string) error {
	_, err := client.PutObject(ctx, &oss.PutObjectRequest{Bucket: bucket, Key: oss.Ptr(key), Body: strings.NewReader(content)})
	return err
}

func get(key string) (string, error) {
	result, err := client.GetObject(ctx, &oss.GetObjectRequest{Bucket: bucket, Key: oss.Ptr(key)})
	if err != nil {
		return "", err
	}
	return report.ReadAll(result.Body, nil)
}

func head(key string) (*oss.HeadObjectResult, error) {
	return client.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: bucket, Key: oss.Ptr(key)})
}

func object() (report.Detail, error) {
	key := "相册/春 天.txt"
	_, err := client.PutObject(ctx, &oss.PutObjectRequest{
		Bucket: bucket, Key: oss.Ptr(key), Body: strings.NewReader("hello"),
		ContentType: oss.Ptr("text/plain"), Metadata: map[string]string{"uid": "7"},
	})
	if err != nil {
		return nil, err
	}
	content, err := get(key)
	if err != nil {
		return nil, err
	}
	facts, err := head(key)
	if err != nil {
		return nil, err
	}
	if _, err := client.DeleteObject(ctx, &oss.DeleteObjectRequest{Bucket: bucket, Key: oss.Ptr(key)}); err != nil {
		return nil, err
	}
	_, gone := get(key)
	_, headGone := head(key)
	exists, err := client.IsObjectExist(ctx, *bucket, key)
	return nil, report.First(err,
		report.Expect("content", content, "hello"),
		report.Expect("type", oss.ToString(facts.ContentType), "text/plain"),
		report.Expect("metadata", facts.Metadata["uid"], "7"),
		report.Expect("get after the deletion", codeOf(gone), "NoSuchKey"),
		report.Expect("head after the deletion", codeOf(headGone), "NoSuchKey"),
		report.Expect("existence", exists, false))
}

func callback() (report.Detail, error) {
	content := "hello callback"
	parameter, variables := report.Callback(os.Getenv("CALLBACK_URL"), report.FormBody, report.FormType)
	result, err := client.PutObject(ctx, &oss.PutObjectRequest{
		Bucket: bucket, Key: oss.Ptr("callback/春 天.txt"), Body: strings.NewReader(content),
		Callback: oss.Ptr(parameter), CallbackVar: oss.Ptr(variables),
	})
	if err != nil {
		return nil, err
	}
	return report.Detail{"answer": result.CallbackResult, "etag": oss.ToString(result.ETag), "size": len(content)}, nil
}

func callbackFailed() (report.Detail, error) {
	upload := func(to string) string {
		parameter, variables := report.Callback(os.Getenv("BROKEN_CALLBACK_URL"), report.FormBody, report.FormType)
		_, err := client.PutObject(ctx, &oss.PutObjectRequest{
			Bucket: oss.Ptr(to), Key: oss.Ptr("callback-failed.txt"), Body: strings.NewReader("hello"),
			Callback: oss.Ptr(parameter), CallbackVar: oss.Ptr(variables),
		})
		var serviceError *oss.ServiceError
		if errors.As(err, &serviceError) && serviceError.StatusCode == http.StatusNonAuthoritativeInfo {
			return "stored, but the callback failed"
		}
		return "not stored: " + codeOf(err)
	}
	told := upload(*bucket)
	stored, err := get("callback-failed.txt")
	return nil, report.First(err,
		report.Expect("upload", told, "stored, but the callback failed"),
		report.Expect("content", stored, "hello"),
		report.Expect("upload elsewhere", upload("no-such-bucket"), "not stored: NoSuchBucket"))
}

func multipart() (report.Detail, error) {
	key := oss.Ptr("multipart/大 文件.bin")
	upload, err := client.InitiateMultipartUpload(ctx, &oss.InitiateMultipartUploadRequest{Bucket: bucket, Key: key})
	if err != nil {
		return nil, err
	}
	var parts []oss.UploadPart
	for at, data := range report.Parts(report.Multipart) {
		number := int32(at + 1)
		part, err := client.UploadPart(ctx, &oss.UploadPartRequest{
			Bucket: bucket, Key: key, UploadId: upload.UploadId, PartNumber: number, Body: bytes.NewReader(data),
		})
		if err != nil {
			return nil, err
		}
		parts = append(parts, oss.UploadPart{PartNumber: number, ETag: part.ETag})
	}
	listed, err := client.ListParts(ctx, &oss.ListPartsRequest{Bucket: bucket, Key: key, UploadId: upload.UploadId})
	if err != nil {
		return nil, err
	}
	parameter, variables := report.Callback(os.Getenv("CALLBACK_URL"), report.JSONBody, report.JSONType)
	result, err := client.CompleteMultipartUpload(ctx, &oss.CompleteMultipartUploadRequest{
		Bucket: bucket, Key: key, UploadId: upload.UploadId,
		CompleteMultipartUpload: &oss.CompleteMultipartUpload{Parts: parts},
		Callback:                oss.Ptr(parameter), CallbackVar: oss.Ptr(variables),
	})
	if err != nil {
		return nil, err
	}
	facts, err := head(*key)
	if err != nil {
		return nil, err
	}
	content, err := get(*key)
	etag := oss.ToString(facts.ETag)
	return report.Detail{"answer": result.CallbackResult, "etag": etag, "size": len(content)},
		report.First(err,
			report.Expect("parts", len(listed.Parts), 4),
			report.Expect("ETag of four parts", strings.HasSuffix(etag, `-4"`), true),
			report.Expect("same content", content == string(report.Multipart), true))
}

func wrongSecret() (report.Detail, error) {
	request := &oss.PutObjectRequest{Bucket: bucket, Key: oss.Ptr("stranger.txt"), Body: strings.NewReader("hello")}
	_, err := openClient("wrong").PutObject(ctx, request)
	return nil, report.Expect("refusal", codeOf(err), "SignatureDoesNotMatch")
}

func list() (report.Detail, error) {
	keys := []string{"list/a.txt", "list/b c.txt", "list/sub/d.txt", "list/子/e.txt", "list/猫.txt"}
	for _, key := range keys {
		if err := put(key, "x"); err != nil {
			return nil, err
		}
	}
	folder, err := client.ListObjectsV2(ctx, &oss.ListObjectsV2Request{
		Bucket: bucket, Prefix: oss.Ptr("list/"), Delimiter: oss.Ptr("/"),
	})
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, prefix := range folder.CommonPrefixes {
		folders = append(folders, oss.ToString(prefix.Prefix))
	}
	var paged []string
	pages := client.NewListObjectsPaginator(&oss.ListObjectsRequest{Bucket: bucket, Prefix: oss.Ptr("list/"), MaxKeys: 2})
	for pages.HasNext() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		paged = append(paged, keysOf(page.Contents)...)
	}
	var pagedV2 []string
	pagesV2 := client.NewListObjectsV2Paginator(
		&oss.ListObjectsV2Request{Bucket: bucket, Prefix: oss.Ptr("list/"), MaxKeys: 2})
	for pagesV2.HasNext() {
		page, err := pagesV2.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		pagedV2 = append(pagedV2, keysOf(page.Contents)...)
	}
	return nil, report.First(
		report.Expect("keys", keysOf(folder.Contents), []string{"list/a.txt", "list/b c.txt", "list/猫.txt"}),
		report.Expect("folders", folders, []string{"list/sub/", "list/子/"}),
		report.Expect("pages", paged, keys),
		report.Expect("pages of V2", pagedV2, keys))
}

func keysOf(objects []oss.ObjectProperties) []string {
	var keys []string
	for _, object := range objects {
		keys = append(keys, oss.ToString(object.Key))
	}
	return keys
}

func copyObject() (report.Detail, error) {
	_, err := client.PutObject(ctx, &oss.PutObjectRequest{
		Bucket: bucket, Key: oss.Ptr("copy/原 文.txt"), Body: strings.NewReader("to copy"),
		ContentType: oss.Ptr("text/x-copy"), Metadata: map[string]string{"uid": "9"},
	})
	if err != nil {
		return nil, err
	}
	_, err = client.CopyObject(ctx, &oss.CopyObjectRequest{
		Bucket: bucket, Key: oss.Ptr("copy/副 本.txt"), SourceBucket: bucket, SourceKey: oss.Ptr("copy/原 文.txt"),
	})
	if err != nil {
		return nil, err
	}
	content, err := get("copy/副 本.txt")
	if err != nil {
		return nil, err
	}
	facts, err := head("copy/副 本.txt")
	if err != nil {
		return nil, err
	}
	return nil, report.First(
		report.Expect("content", content, "to copy"),
		report.Expect("type", oss.ToString(facts.ContentType), "text/x-copy"),
		report.Expect("metadata", facts.Metadata["uid"], "9"))
}

func appendObject() (report.Detail, error) {
	key := "append/日 志.txt"
	add := func(position int64, content string, crc *string) (*oss.AppendObjectResult, error) {
		return client.AppendObject(ctx, &oss.AppendObjectRequest{
			Bucket: bucket, Key: oss.Ptr(key), Position: oss.Ptr(position), Body: strings.NewReader(content),
			InitHashCRC64: crc,
		})
	}
	first, err := add(0, "one ", oss.Ptr("0"))
	if err != nil {
		return nil, err
	}
	second, err := add(first.NextPosition, "two", first.HashCRC64)
	if err != nil {
		return nil, err
	}
	content, err := get(key)
	_, refusal := add(3, "again", nil)
	return nil, report.First(err,
		report.Expect("next position", second.NextPosition, int64(7)),
		report.Expect("content", content, "one two"),
		report.Expect("refusal", codeOf(refusal), "PositionNotEqualToLength"))
}

func presigned() (report.Detail, error) {
	key := oss.Ptr("presigned/春 天.txt")
	toPut, err := client.Presign(ctx, &oss.PutObjectRequest{Bucket: bucket, Key: key})
	if err != nil {
		return nil, err
	}
	putStatus, putAnswer, err := report.Request(toPut.Method, toPut.URL, "by URL", toPut.SignedHeaders)
	if err != nil {
		return nil, err
	}
	toGet, err := client.Presign(ctx, &oss.GetObjectRequest{Bucket: bucket, Key: key})
	if err != nil {
		return nil, err
	}
	_, content, err := report.Request(toGet.Method, toGet.URL, "", toGet.SignedHeaders)
	if err != nil {
		return nil, err
	}
	deleteStatus, _, err := report.Request(http.MethodDelete, toGet.URL, "", toGet.SignedHeaders)
	return nil, report.First(err,
		report.Expect("PUT, "+putAnswer, putStatus, http.StatusOK),
		report.Expect("content", content, "by URL"),
		report.Expect("DELETE by a URL for GET", deleteStatus, http.StatusForbidden))
}

func crc() (report.Detail, error) {
	content := strings.Repeat("checked ", 50_000)
	request := &oss.PutObjectRequest{Bucket: bucket, Key: oss.Ptr("crc.bin"), Body: strings.NewReader(content)}
	result, err := client.PutObject(ctx, request)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "conformance-go-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := folder + "/file.bin"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		return nil, err
	}
	// Parts and downloads are checked as well.
	uploader := client.NewUploader(func(options *oss.UploaderOptions) { options.PartSize = report.PartSize })
	_, err = uploader.UploadFile(ctx, &oss.PutObjectRequest{Bucket: bucket, Key: oss.Ptr("crc-parts.bin")}, file)
	if err != nil {
		return nil, err
	}
	downloader := client.NewDownloader(func(options *oss.DownloaderOptions) { options.PartSize = report.PartSize })
	_, err = downloader.DownloadFile(ctx, &oss.GetObjectRequest{Bucket: bucket, Key: oss.Ptr("crc-parts.bin")}, file)
	if err != nil {
		return nil, err
	}
	return nil, report.Expect("the server's checksum", oss.ToString(result.HashCRC64) != "", true)
}
