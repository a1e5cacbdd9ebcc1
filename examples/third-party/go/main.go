// Uploads a file with alibabacloud-oss-go-sdk-v2: upload FILE [parts]
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

const partSize = 1 << 20

var ctx = context.Background()

func main() {
	file, way := os.Args[1], append(os.Args, "put")[2]
	granted, err := askForKeys(file)
	if err != nil {
		fail(err)
	}
	send := put
	if way == "parts" {
		send = putParts
	}
	answer, err := send(openClient(granted), granted, file)

	var refusal *oss.ServiceError
	if errors.As(err, &refusal) && refusal.StatusCode == 203 {
		// The file is stored, and the application has not answered. Not a byte is sent again.
		fmt.Printf("unconfirmed: %s: %s\n", refusal.Code, refusal.Message)
		err = call("/"+granted.ID+"/confirm", struct{}{}, &answer)
	}
	if err != nil {
		fail(err)
	}
	text, _ := json.Marshal(answer)
	fmt.Printf("done: %s\n", text)
}

func openClient(granted *grant) *oss.Client {
	keys := granted.Credentials
	return oss.NewClient(oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(keys.AccessKeyID, keys.AccessKeySecret, keys.SecurityToken)).
		WithEndpoint(granted.Endpoint).
		WithRegion(granted.Region).
		WithUseCName(granted.Addressing == "cname").
		WithUsePathStyle(granted.Addressing == "path"))
}

func put(client *oss.Client, granted *grant, file string) (map[string]any, error) {
	result, err := client.PutObjectFromFile(ctx, &oss.PutObjectRequest{
		Bucket: &granted.Bucket, Key: &granted.Key,
		ContentType:        oss.Ptr(granted.Headers["content-type"]),
		ContentDisposition: oss.Ptr(granted.Headers["content-disposition"]),
		ForbidOverwrite:    oss.Ptr(granted.Headers["x-oss-forbid-overwrite"]),
		Callback:           &granted.Callback.Callback, CallbackVar: &granted.Callback.CallbackVar,
	}, file)
	if err != nil {
		return nil, err
	}
	return result.CallbackResult, nil
}

func putParts(client *oss.Client, granted *grant, file string) (map[string]any, error) {
	source, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	upload, err := client.InitiateMultipartUpload(ctx, &oss.InitiateMultipartUploadRequest{
		Bucket: &granted.Bucket, Key: &granted.Key,
		ContentType:        oss.Ptr(granted.Headers["content-type"]),
		ContentDisposition: oss.Ptr(granted.Headers["content-disposition"]),
		ForbidOverwrite:    oss.Ptr(granted.Headers["x-oss-forbid-overwrite"]),
	})
	if err != nil {
		return nil, err
	}
	var parts []oss.UploadPart
	for data := make([]byte, partSize); ; {
		count, err := io.ReadFull(source, data)
		if count == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		number := int32(len(parts) + 1)
		part, err := client.UploadPart(ctx, &oss.UploadPartRequest{
			Bucket: &granted.Bucket, Key: &granted.Key, UploadId: upload.UploadId,
			PartNumber: number, Body: bytes.NewReader(data[:count]),
		})
		if err != nil {
			return nil, err
		}
		parts = append(parts, oss.UploadPart{PartNumber: number, ETag: part.ETag})
	}
	result, err := client.CompleteMultipartUpload(ctx, &oss.CompleteMultipartUploadRequest{
		Bucket: &granted.Bucket, Key: &granted.Key, UploadId: upload.UploadId,
		CompleteMultipartUpload: &oss.CompleteMultipartUpload{Parts: parts},
		Callback:                &granted.Callback.Callback, CallbackVar: &granted.Callback.CallbackVar,
	})
	if err != nil {
		return nil, err
	}
	return result.CallbackResult, nil
}
