// Uploads a file with Aliyun.OSS.SDK.NetCore: upload FILE [parts]
using Aliyun.OSS;
using Aliyun.OSS.Common;
using Aliyun.OSS.Util;

const int Part = 1024 * 1024;

try
{
    var file = new FileInfo(args[0]);
    var grant = await UploadsApi.AskForKeys(file);
    var client = OpenClient(grant);
    string answer;
    try
    {
        using var body = args.Length > 1 && args[1] == "parts" ? PutParts(client, grant, file) : Put(client, grant, file);
        answer = await new StreamReader(body).ReadToEndAsync();
    }
    catch (OssException error) when (error.ErrorCode == "CallbackFailed")
    {
        // The file is stored, and the application has not answered. Not a byte is sent again.
        Console.WriteLine($"unconfirmed: {error.ErrorCode}: {error.Message}");
        answer = await UploadsApi.Confirm(grant);
    }
    Console.WriteLine($"done: {answer}");
    return 0;
}
catch (OssException error)
{
    Console.WriteLine($"failed: {error.ErrorCode}: {error.Message}");
    return 1;
}
catch (Refused error)
{
    Console.WriteLine($"failed: {error.Message}");
    return 1;
}

// The SDK has no path style for names: it reaches a local OSS by its IP address.
OssClient OpenClient(Grant grant)
{
    var configuration = new ClientConfiguration
    {
        SignatureVersion = SignatureVersion.V4,
        IsCname = grant.Addressing == "cname",
    };
    var (id, secret, token) = grant.Credentials;
    var client = new OssClient(grant.Endpoint, id, secret, token, configuration);
    client.SetRegion(grant.Region);
    return client;
}

Stream Put(OssClient client, Grant grant, FileInfo file)
{
    using var content = file.OpenRead();
    var metadata = WithCallback(MetadataOf(grant), grant);
    return client.PutObject(new PutObjectRequest(grant.Bucket, grant.Key, content, metadata)).ResponseStream;
}

Stream PutParts(OssClient client, Grant grant, FileInfo file)
{
    var begun = client.InitiateMultipartUpload(
        new InitiateMultipartUploadRequest(grant.Bucket, grant.Key) { ObjectMetadata = MetadataOf(grant) });
    var complete = new CompleteMultipartUploadRequest(grant.Bucket, grant.Key, begun.UploadId)
    {
        Metadata = WithCallback(new ObjectMetadata(), grant),
    };
    using var content = file.OpenRead();
    for (var number = 1; content.Position < file.Length; number++)
    {
        var request = new UploadPartRequest(grant.Bucket, grant.Key, begun.UploadId)
        {
            InputStream = content,
            PartSize = Math.Min(Part, file.Length - content.Position),
            PartNumber = number,
        };
        complete.PartETags.Add(client.UploadPart(request).PartETag);
    }
    return client.CompleteMultipartUpload(complete).ResponseStream;
}

ObjectMetadata MetadataOf(Grant grant)
{
    var metadata = new ObjectMetadata
    {
        ContentType = grant.Headers["content-type"],
        ContentDisposition = grant.Headers["content-disposition"],
    };
    metadata.AddHeader("x-oss-forbid-overwrite", grant.Headers["x-oss-forbid-overwrite"]);
    return metadata;
}

// Ready Base64: the SDK's own builders escape nothing.
ObjectMetadata WithCallback(ObjectMetadata metadata, Grant grant)
{
    metadata.AddHeader(HttpHeaders.Callback, grant.Callback.Callback);
    metadata.AddHeader(HttpHeaders.CallbackVar, grant.Callback.CallbackVar);
    return metadata;
}
