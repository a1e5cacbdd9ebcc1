#include "uploads_api.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *data;
    size_t size;
} answer_t;

static size_t keep(char *data, size_t size, size_t count, void *into) {
    answer_t *answer = into;
    char *larger = realloc(answer->data, answer->size + size * count + 1);
    if (larger == NULL) return 0;
    memcpy(larger + answer->size, data, size * count);
    answer->data = larger;
    answer->size += size * count;
    larger[answer->size] = '\0';
    return size * count;
}

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value == NULL ? otherwise : value;
}

cJSON *call_server(const char *path, cJSON *body, long *status) {
    char url[1024], authorization[1024];
    snprintf(url, sizeof url, "%s%s", setting("UPLOADS", "http://localhost:3002/uploads"), path);
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", setting("UPLOADS_KEY", "odk_made-by-oss-direct-keys-create"));
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    headers = curl_slist_append(headers, "Content-Type: application/json");

    char *text = cJSON_PrintUnformatted(body);
    answer_t answer = {NULL, 0};
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    CURLcode failure = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    cJSON *json = failure == CURLE_OK ? cJSON_Parse(answer.data) : NULL;

    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    free(answer.data);
    free(text);
    cJSON_Delete(body);
    return json;
}

const char *text_at(const cJSON *object, ...) {
    va_list names;
    va_start(names, object);
    for (const char *name; (name = va_arg(names, const char *)) != NULL;)
        object = cJSON_GetObjectItemCaseSensitive(object, name);
    va_end(names);
    return cJSON_IsString(object) ? object->valuestring : "";
}
