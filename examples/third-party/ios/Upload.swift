import AliyunOSSiOS
import Foundation

/// Uploads a file with AliyunOSSiOS and gives the application's answer.
func upload(_ file: URL, inParts: Bool, by api: UploadsApi) async throws -> String {
    let grant = try await api.askForKeys(file)
    let client = openClient(grant)
    do {
        let answer = try await inParts ? putParts(client, grant, file) : put(client, grant, file)
        print("done: \(answer)")
        return answer
    } catch let error as NSError where error.domain == OSSServerErrorDomain && error.code == -203 {
        // The file is stored, and the application has not answered. The SDK gives the status as a negative number.
        print("unconfirmed: \(error.userInfo)")
        return try await api.confirm(grant)
    }
}

private func openClient(_ grant: Grant) -> OSSClient {
    let provider = OSSStsTokenCredentialProvider(
        accessKeyId: grant.credentials.accessKeyId,
        secretKeyId: grant.credentials.accessKeySecret,
        securityToken: grant.credentials.securityToken
    )
    let configuration = OSSClientConfiguration()
    configuration.signVersion = .v4
    configuration.isPathStyleAccessEnable = grant.addressing == "path"
    let client = OSSClient(endpoint: grant.endpoint, credentialProvider: provider, clientConfiguration: configuration)
    client.region = grant.region
    return client
}

private func put(_ client: OSSClient, _ grant: Grant, _ file: URL) async throws -> String {
    let request = OSSPutObjectRequest()
    request.bucketName = grant.bucket
    request.objectKey = grant.key
    request.uploadingFileURL = file
    request.contentType = grant.headers["content-type"]
    request.contentDisposition = grant.headers["content-disposition"]
    request.objectMeta = ["x-oss-forbid-overwrite": grant.headers["x-oss-forbid-overwrite"] ?? "true"]
    request.callbackParam = grant.callback.plain.callback.mapValues(\.value)
    request.callbackVar = grant.callback.plain.callbackVar
    let result = try await ended(client.putObject(request)) as? OSSPutObjectResult
    return result?.serverReturnJsonString ?? ""
}

private func putParts(_ client: OSSClient, _ grant: Grant, _ file: URL) async throws -> String {
    let request = OSSMultipartUploadRequest()
    request.bucketName = grant.bucket
    request.objectKey = grant.key
    request.uploadingFileURL = file
    request.partSize = 1024 * 1024
    request.contentType = grant.headers["content-type"]
    request.completeMetaHeader = ["x-oss-forbid-overwrite": grant.headers["x-oss-forbid-overwrite"] ?? "true"]
    request.callbackParam = grant.callback.plain.callback.mapValues(\.value)
    request.callbackVar = grant.callback.plain.callbackVar
    let result = try await ended(client.multipartUpload(request)) as? OSSResumableUploadResult
    return result?.serverReturnJsonString ?? ""
}

private func ended(_ task: OSSTask<AnyObject>) async throws -> AnyObject? {
    try await withCheckedThrowingContinuation { continuation in
        task.continue({ ended -> Any? in
            if let error = ended.error { continuation.resume(throwing: error) } else { continuation.resume(returning: ended.result) }
            return nil
        })
    }
}
