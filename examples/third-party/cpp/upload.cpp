// Uploads a file with aliyun-oss-cpp-sdk: upload FILE [parts]
#include <alibabacloud/oss/OssClient.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "uploads_api.hpp"

using namespace AlibabaCloud::OSS;
using uploads::json;

namespace {

constexpr std::size_t kPart = 1024 * 1024;

OssClient openClient(const json& grant) {
  ClientConfiguration configuration;
  configuration.signatureVersion = SignatureVersionType::V4;
  configuration.isCname = grant["addressing"] == "cname";
  configuration.isPathStyle = grant["addressing"] == "path";
  const json& keys = grant["credentials"];
  OssClient client(grant["endpoint"].get<std::string>(), keys["accessKeyId"].get<std::string>(),
                   keys["accessKeySecret"].get<std::string>(), keys["securityToken"].get<std::string>(), configuration);
  client.SetRegion(grant["region"].get<std::string>());
  return client;
}

ObjectMetaData metadataOf(const json& grant) {
  ObjectMetaData metadata;
  metadata.setContentType(grant["headers"]["content-type"].get<std::string>());
  metadata.setContentDisposition(grant["headers"]["content-disposition"].get<std::string>());
  metadata.addHeader("x-oss-forbid-overwrite", grant["headers"]["x-oss-forbid-overwrite"].get<std::string>());
  return metadata;
}

std::string textOf(const std::shared_ptr<std::iostream>& body) {
  return {std::istreambuf_iterator<char>(*body), std::istreambuf_iterator<char>()};
}

PutObjectOutcome put(const OssClient& client, const json& grant, const std::string& file) {
  auto content = std::make_shared<std::fstream>(file, std::ios::in | std::ios::binary);
  PutObjectRequest request(grant["bucket"].get<std::string>(), grant["key"].get<std::string>(), content, metadataOf(grant));
  request.setCallback(grant["callback"]["callback"].get<std::string>(), grant["callback"]["callbackVar"].get<std::string>());
  return client.PutObject(request);
}

CompleteMultipartUploadOutcome putParts(const OssClient& client, const json& grant, const std::string& file) {
  const std::string bucket = grant["bucket"], key = grant["key"];
  const auto begun = client.InitiateMultipartUpload(InitiateMultipartUploadRequest(bucket, key, metadataOf(grant)));
  if (!begun.isSuccess()) return CompleteMultipartUploadOutcome(begun.error());
  PartList parts;
  std::ifstream source(file, std::ios::binary);
  for (std::string data(kPart, '\0'); source.read(data.data(), kPart), source.gcount() > 0;) {
    auto body = std::make_shared<std::stringstream>(data.substr(0, static_cast<std::size_t>(source.gcount())));
    const int number = static_cast<int>(parts.size()) + 1;
    const auto part = client.UploadPart(UploadPartRequest(bucket, key, number, begun.result().UploadId(), body));
    if (!part.isSuccess()) return CompleteMultipartUploadOutcome(part.error());
    parts.emplace_back(number, part.result().ETag());
  }
  CompleteMultipartUploadRequest request(bucket, key, parts, begun.result().UploadId());
  request.setCallback(grant["callback"]["callback"].get<std::string>(), grant["callback"]["callbackVar"].get<std::string>());
  return client.CompleteMultipartUpload(request);
}

// The application's answer. A failed callback is a failure for the SDK, though the file is stored.
template <class Outcome>
std::string answerOf(const Outcome& outcome, const json& grant) {
  if (outcome.isSuccess()) return textOf(outcome.result().Content());
  const std::string said = outcome.error().Code() + ": " + outcome.error().Message();
  if (outcome.error().Code() != "CallbackFailed") throw std::runtime_error(said);
  std::cout << "unconfirmed: " << said << std::endl;
  return uploads::confirm(grant);
}

}  // namespace

int main(int count, char* arguments[]) {
  if (count < 2) return EXIT_FAILURE;
  InitializeSdk();
  int ended = EXIT_SUCCESS;
  try {
    const std::string file = arguments[1];
    const json grant = uploads::askForKeys(file);
    const OssClient client = openClient(grant);
    const bool inParts = count > 2 && std::string(arguments[2]) == "parts";
    std::cout << "done: "
              << (inParts ? answerOf(putParts(client, grant, file), grant) : answerOf(put(client, grant, file), grant))
              << std::endl;
  } catch (const std::exception& error) {
    std::cout << "failed: " << error.what() << std::endl;
    ended = EXIT_FAILURE;
  }
  ShutdownSdk();
  return ended;
}
