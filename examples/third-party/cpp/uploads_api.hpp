// The calls of the server, by libcurl and nlohmann/json.
#pragma once

#include <curl/curl.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace uploads {

using nlohmann::json;

// The server does not permit it.
struct Refused : std::runtime_error {
  explicit Refused(const json& problem)
      : std::runtime_error(problem.value("code", "") + ": " + problem.value("detail", "")) {}
};

inline std::string setting(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

// Posts JSON.
inline json call(const std::string& path, const json& body) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_slist* list = curl_slist_append(nullptr, ("Authorization: Bearer " + setting("UPLOADS_KEY", "odk_made-by-oss-direct-keys-create")).c_str());
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
      curl_slist_append(list, "Content-Type: application/json"), curl_slist_free_all);
  const std::string url = setting("UPLOADS", "http://localhost:3002/uploads") + path, text = body.dump();
  std::string answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, text.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, +[](char* data, size_t size, size_t count, void* into) {
    static_cast<std::string*>(into)->append(data, size * count);
    return size * count;
  });
  const CURLcode failure = curl_easy_perform(curl.get());
  if (failure != CURLE_OK) throw std::runtime_error(curl_easy_strerror(failure));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  json parsed = json::parse(answer);
  if (status >= 300) throw Refused(parsed);
  return parsed;
}

// Temporary keys that are good for this file.
inline json askForKeys(const std::filesystem::path& file) {
  const json described = {
      {"name", file.filename().string()}, {"size", std::filesystem::file_size(file)}, {"type", "text/plain"}};
  const json answer =
      call("", {{"route", "partner"}, {"transport", "sts"}, {"files", json::array({described})}})["grants"][0];
  if (!answer["ok"]) throw Refused(answer["error"]);
  return answer["grant"];
}

// What the application answers now: it has asked the bucket. Not a byte is sent again.
inline std::string confirm(const json& grant) {
  return call("/" + grant["id"].get<std::string>() + "/confirm", json::object()).dump();
}

}  // namespace uploads
