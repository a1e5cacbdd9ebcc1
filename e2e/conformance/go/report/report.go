// Package report prints one line of JSON a story.
package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
)

// Detail is what a story that ended well has to say.
type Detail map[string]any

// Story runs a story: its value becomes the detail, its error the failure.
func Story(name string, tell func() (Detail, error)) {
	detail, err := tell()
	line := map[string]any{"story": name, "ok": err == nil, "detail": detail}
	if err != nil {
		line["detail"] = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		panic(err)
	}
}

// Expect compares; what says which value it is.
func Expect(what string, actual, wanted any) error {
	if reflect.DeepEqual(actual, wanted) {
		return nil
	}
	return fmt.Errorf("%s: %#v instead of %#v", what, actual, wanted)
}

// First returns the first error.
func First(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// ReadAll reads a body to its end and closes it.
func ReadAll(body io.ReadCloser, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer body.Close()
	content, err := io.ReadAll(body)
	return string(content), err
}

// Multipart is a content of four parts of 100 KB and less.
var Multipart = bytes.Repeat([]byte("multipart "), 35_840)

// PartSize is the smallest that OSS takes, in bytes.
const PartSize = 100 * 1024

// Parts cuts a content.
func Parts(content []byte) [][]byte {
	var parts [][]byte
	for len(content) > PartSize {
		parts = append(parts, content[:PartSize])
		content = content[PartSize:]
	}
	return append(parts, content)
}

// Callback returns the parameters `callback` and `callback-var`, encoded.
func Callback(url, body, bodyType string) (callback, variables string) {
	encode := func(value map[string]string) string {
		text, _ := json.Marshal(value)
		return base64.StdEncoding.EncodeToString(text)
	}
	return encode(map[string]string{"callbackUrl": url, "callbackBody": body, "callbackBodyType": bodyType}),
		encode(map[string]string{"x:user": "42", "x:album": "春天/a b"})
}

// The bodies of callbacks, and their types.
const (
	FormBody = "object=${object}&etag=${etag}&size=${size}&user=${x:user}&album=${x:album}"
	FormType = "application/x-www-form-urlencoded"
	JSONBody = `{"object":${object},"etag":${etag},"size":${size},"user":${x:user},"album":${x:album}}`
	JSONType = "application/json"
)

// Request sends a plain HTTP request, as somebody with a signed URL does.
func Request(method, url, body string, headers map[string]string) (status int, content string, err error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	content, err = ReadAll(response.Body, nil)
	return response.StatusCode, content, err
}
