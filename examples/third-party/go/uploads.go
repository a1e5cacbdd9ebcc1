package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
)

// grant is what the server permits: where, with which keys, and whom OSS is to call.
type grant struct {
	ID, Key, Endpoint, Addressing, Region, Bucket string
	Credentials                                   struct{ AccessKeyID, AccessKeySecret, SecurityToken string }
	Headers                                       map[string]string
	Callback                                      struct{ Callback, CallbackVar string }
}

type refusal struct{ Code, Detail string }

func (r refusal) Error() string { return r.Code + ": " + r.Detail }

func askForKeys(file string) (*grant, error) {
	facts, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	described := map[string]any{"name": filepath.Base(file), "size": facts.Size(), "type": "text/plain"}
	request := map[string]any{"route": "partner", "transport": "sts", "files": []any{described}}
	var answer struct {
		Grants []struct {
			Ok    bool
			Grant grant
			Error refusal
		}
	}
	if err := call("", request, &answer); err != nil {
		return nil, err
	}
	if first := answer.Grants[0]; !first.Ok {
		return nil, first.Error
	}
	return &answer.Grants[0].Grant, nil
}

// call posts JSON to the server.
func call(path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest("POST", setting("UPLOADS", "http://localhost:3002/uploads")+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+setting("UPLOADS_KEY", "odk_made-by-oss-direct-keys-create"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		var problem refusal
		if err := json.NewDecoder(response.Body).Decode(&problem); err != nil {
			return err
		}
		return problem
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func fail(err error) {
	var service *oss.ServiceError
	if errors.As(err, &service) {
		err = refusal{service.Code, service.Message}
	}
	fmt.Println("failed:", err)
	os.Exit(1)
}
