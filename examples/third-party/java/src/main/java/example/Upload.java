package example;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.auth.DefaultCredentialProvider;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.Callback;
import com.aliyun.oss.model.Callback.CalbackBodyType;
import com.aliyun.oss.model.CompleteMultipartUploadRequest;
import com.aliyun.oss.model.InitiateMultipartUploadRequest;
import com.aliyun.oss.model.ObjectMetadata;
import com.aliyun.oss.model.PartETag;
import com.aliyun.oss.model.PutObjectRequest;
import com.aliyun.oss.model.UploadPartRequest;
import example.UploadsApi.Grant;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Uploads a file with aliyun-sdk-oss: Upload FILE [parts] */
public final class Upload {
  private static final int PART = 1024 * 1024;

  private Upload() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    OSS client = null;
    try {
      Grant grant = UploadsApi.askForKeys(file);
      client = openClient(grant);
      boolean inParts = arguments.length > 1 && arguments[1].equals("parts");
      System.out.println("done: " + send(client, grant, file, inParts));
    } catch (OSSException error) {
      System.out.println("failed: " + error.getErrorCode() + ": " + error.getErrorMessage());
      System.exit(1);
    } catch (UploadsApi.Refused error) {
      System.out.println("failed: " + error.getMessage());
      System.exit(1);
    } finally {
      if (client != null) client.shutdown();
    }
  }

  private static String send(OSS client, Grant grant, Path file, boolean inParts) throws Exception {
    try (InputStream answer = inParts ? putParts(client, grant, file) : put(client, grant, file)) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } catch (OSSException error) {
      // The file is stored, and the application has not answered.
      if (!error.getErrorCode().equals("CallbackFailed")) throw error;
      System.out.println("unconfirmed: " + error.getErrorCode() + ": " + error.getErrorMessage());
      return UploadsApi.confirm(grant);
    }
  }

  private static OSS openClient(Grant grant) {
    ClientBuilderConfiguration configuration = new ClientBuilderConfiguration();
    configuration.setSignatureVersion(SignVersion.V4);
    configuration.setSLDEnabled(grant.addressing().equals("path"));
    configuration.setSupportCname(grant.addressing().equals("cname"));
    UploadsApi.Keys keys = grant.credentials();
    return OSSClientBuilder.create()
        .endpoint(grant.endpoint())
        .region(grant.region())
        .credentialsProvider(
            new DefaultCredentialProvider(keys.accessKeyId(), keys.accessKeySecret(), keys.securityToken()))
        .clientConfiguration(configuration)
        .build();
  }

  private static InputStream put(OSS client, Grant grant, Path file) {
    PutObjectRequest request = new PutObjectRequest(grant.bucket(), grant.key(), file.toFile());
    request.setMetadata(metadataOf(grant));
    request.setCallback(callbackOf(grant));
    return client.putObject(request).getCallbackResponseBody();
  }

  private static InputStream putParts(OSS client, Grant grant, Path file) throws IOException {
    String bucket = grant.bucket();
    String id =
        client
            .initiateMultipartUpload(new InitiateMultipartUploadRequest(bucket, grant.key(), metadataOf(grant)))
            .getUploadId();
    List<PartETag> parts = new ArrayList<>();
    try (InputStream source = Files.newInputStream(file)) {
      for (byte[] data = source.readNBytes(PART); data.length > 0; data = source.readNBytes(PART)) {
        InputStream body = new ByteArrayInputStream(data);
        parts.add(
            client
                .uploadPart(new UploadPartRequest(bucket, grant.key(), id, parts.size() + 1, body, data.length))
                .getPartETag());
      }
    }
    CompleteMultipartUploadRequest request = new CompleteMultipartUploadRequest(bucket, grant.key(), id, parts);
    request.setCallback(callbackOf(grant));
    return client.completeMultipartUpload(request).getCallbackResponseBody();
  }

  private static ObjectMetadata metadataOf(Grant grant) {
    ObjectMetadata metadata = new ObjectMetadata();
    metadata.setContentType(grant.headers().get("content-type"));
    metadata.setContentDisposition(grant.headers().get("content-disposition"));
    metadata.setHeader("x-oss-forbid-overwrite", grant.headers().get("x-oss-forbid-overwrite"));
    return metadata;
  }

  /** The SDK writes the JSON itself, without escaping: a body of the type JSON would need its quotes escaped here. */
  private static Callback callbackOf(Grant grant) {
    Map<String, String> plain = grant.callback().plain().callback();
    Callback callback = new Callback();
    callback.setCallbackUrl(plain.get("callbackUrl"));
    callback.setCallbackHost(plain.get("callbackHost"));
    callback.setCallbackSNI(Boolean.parseBoolean(plain.get("callbackSNI")));
    callback.setCallbackBody(plain.get("callbackBody"));
    callback.setCalbackBodyType(
        plain.get("callbackBodyType").equals("application/json") ? CalbackBodyType.JSON : CalbackBodyType.URL);
    grant.callback().plain().callbackVar().forEach(callback::addCallbackVar);
    return callback;
  }
}
