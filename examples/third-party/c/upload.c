/* Uploads a file with aliyun-oss-c-sdk: upload FILE [parts] */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aos_http_io.h"
#include "oss_api.h"
#include "uploads_api.h"

#define PART (1024 * 1024)

static int fail(const char *code, const char *detail) {
    printf("failed: %s: %s\n", code, detail);
    return EXIT_FAILURE;
}

/* What the server answers; its grant, or NULL, is below "grants". */
static cJSON *ask_for_keys(const char *file, long *status) {
    struct stat facts;
    char *copy = strdup(file);
    cJSON *described = cJSON_CreateObject(), *files = cJSON_CreateArray(), *request = cJSON_CreateObject();
    cJSON_AddStringToObject(described, "name", basename(copy));
    cJSON_AddNumberToObject(described, "size", stat(file, &facts) == 0 ? (double)facts.st_size : 0);
    cJSON_AddStringToObject(described, "type", "text/plain");
    cJSON_AddItemToArray(files, described);
    cJSON_AddStringToObject(request, "route", "partner");
    cJSON_AddStringToObject(request, "transport", "sts");
    cJSON_AddItemToObject(request, "files", files);
    free(copy);
    return call_server("", request, status);
}

static oss_request_options_t *options_of(aos_pool_t *pool, const cJSON *grant) {
    oss_request_options_t *options = oss_request_options_create(pool);
    options->config = oss_config_create(pool);
    aos_str_set(&options->config->endpoint, text_at(grant, "endpoint", NULL));
    aos_str_set(&options->config->access_key_id, text_at(grant, "credentials", "accessKeyId", NULL));
    aos_str_set(&options->config->access_key_secret, text_at(grant, "credentials", "accessKeySecret", NULL));
    aos_str_set(&options->config->sts_token, text_at(grant, "credentials", "securityToken", NULL));
    aos_str_set(&options->config->region, text_at(grant, "region", NULL));
    options->config->signature_version = 4;
    options->config->is_cname = strcmp(text_at(grant, "addressing", NULL), "cname") == 0;
    options->ctl = aos_http_controller_create(pool, 0);
    return options;
}

static aos_table_t *headers_of(aos_pool_t *pool, const cJSON *grant) {
    aos_table_t *headers = aos_table_make(pool, 8);
    const cJSON *header;
    cJSON_ArrayForEach(header, cJSON_GetObjectItem(grant, "headers"))
        apr_table_set(headers, header->string, header->valuestring);
    apr_table_set(headers, OSS_CALLBACK, text_at(grant, "callback", "callback", NULL));
    apr_table_set(headers, OSS_CALLBACK_VAR, text_at(grant, "callback", "callbackVar", NULL));
    return headers;
}

static char *text_of(aos_pool_t *pool, aos_list_t *body) {
    char *text = aos_pcalloc(pool, (apr_size_t)aos_buf_list_len(body) + 1), *end = text;
    aos_buf_t *piece;
    aos_list_for_each_entry(aos_buf_t, piece, body, node) {
        memcpy(end, piece->pos, (size_t)aos_buf_size(piece));
        end += aos_buf_size(piece);
    }
    return text;
}

static int upload(aos_pool_t *pool, const cJSON *grant, char *file, int in_parts) {
    oss_request_options_t *options = options_of(pool, grant);
    aos_table_t *headers = headers_of(pool, grant), *answer_headers = NULL;
    aos_string_t bucket, key, path;
    aos_str_set(&bucket, text_at(grant, "bucket", NULL));
    aos_str_set(&key, text_at(grant, "key", NULL));
    aos_str_set(&path, file);
    aos_list_t body;
    aos_list_init(&body);
    /* The callback goes with the last call alone: the SDK moves it there. */
    aos_status_t *status =
        in_parts ? oss_resumable_upload_file(options, &bucket, &key, &path, headers, NULL,
                                             oss_create_resumable_clt_params_content(pool, PART, 1, AOS_FALSE, NULL),
                                             NULL, &answer_headers, &body)
                 : oss_do_put_object_from_file(options, &bucket, &key, &path, headers, NULL, NULL, &answer_headers, &body);
    if (!aos_status_is_ok(status)) return fail(status->error_code, status->error_msg);
    /* A failed callback is no error of the SDK: the status tells it, and the body is then XML of OSS. */
    if (status->code != 203) return printf("done: %s\n", text_of(pool, &body)) < 0;

    printf("unconfirmed: %s\n", text_of(pool, &body));
    char confirm[128];
    long answered;
    snprintf(confirm, sizeof confirm, "/%s/confirm", text_at(grant, "id", NULL));
    cJSON *answer = call_server(confirm, cJSON_CreateObject(), &answered);
    if (answered >= 300) return fail(text_at(answer, "code", NULL), text_at(answer, "detail", NULL));
    printf("done: %s\n", cJSON_PrintUnformatted(answer));
    return EXIT_SUCCESS;
}

int main(int count, char *arguments[]) {
    if (count < 2 || aos_http_io_initialize(NULL, 0) != AOSE_OK) return EXIT_FAILURE;
    long status;
    cJSON *answer = ask_for_keys(arguments[1], &status);
    if (status >= 300) return fail(text_at(answer, "code", NULL), text_at(answer, "detail", NULL));
    cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(answer, "grants"), 0);
    cJSON *grant = cJSON_GetObjectItem(first, "grant");
    if (grant == NULL) return fail(text_at(first, "error", "code", NULL), text_at(first, "error", "detail", NULL));
    aos_pool_t *pool;
    aos_pool_create(&pool, NULL);
    int ended = upload(pool, grant, arguments[1], count > 2 && strcmp(arguments[2], "parts") == 0);
    aos_pool_destroy(pool);
    aos_http_io_deinitialize();
    return ended;
}
