/* The calls of the server, by libcurl and cJSON. */
#ifndef UPLOADS_API_H
#define UPLOADS_API_H

#include <cjson/cJSON.h>

/* Posts JSON to the server and gives its answer; NULL where there is none. `status` is the one of HTTP. */
cJSON *call_server(const char *path, cJSON *body, long *status);

/* The text below these names, which end with NULL; "" where there is none. */
const char *text_at(const cJSON *object, ...);

#endif
