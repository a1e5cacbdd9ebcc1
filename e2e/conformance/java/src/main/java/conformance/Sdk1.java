package conformance;

import static conformance.Report.expect;
import static conformance.Report.read;
import static conformance.Report.refused;
import static conformance.Report.story;

import com.aliyun.oss.ClientBuilderConfiguration;
import com.aliyun.oss.HttpMethod;
import com.aliyun.oss.OSS;
import com.aliyun.oss.OSSClientBuilder;
import com.aliyun.oss.OSSException;
import com.aliyun.oss.common.auth.DefaultCredentialProvider;
import com.aliyun.oss.common.comm.SignVersion;
import com.aliyun.oss.model.AppendObjectRequest;
import com.aliyun.oss.model.AppendObjectResult;
import com.aliyun.oss.model.Callback;
import com.aliyun.oss.model.Callback.CalbackBodyType;
import com.aliyun.oss.model.CompleteMultipartUploadRequest;
import com.aliyun.oss.model.DownloadFileRequest;
import com.aliyun.oss.model.GetObjectRequest;
import com.aliyun.oss.model.InitiateMultipartUploadRequest;
import com.aliyun.oss.model.ListObjectsRequest;
import com.aliyun.oss.model.ListObjectsV2Request;
import com.aliyun.oss.model.ListObjectsV2Result;
import com.aliyun.oss.model.ListPartsRequest;
import com.aliyun.oss.model.OSSObject;
import com.aliyun.oss.model.OSSObjectSummary;
import com.aliyun.oss.model.ObjectListing;
import com.aliyun.oss.model.ObjectMetadata;
import com.aliyun.oss.model.PartETag;
import com.aliyun.oss.model.PutObjectRequest;
import com.aliyun.oss.model.PutObjectResult;
import com.aliyun.oss.model.UploadFileRequest;
import com.aliyun.oss.model.UploadPartRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A program that uses `com.aliyun.oss:aliyun-sdk-oss`, as its users write them. */
public final class Sdk1 {
  private static final String BUCKET = System.getenv("OSS_BUCKET");
  private static final OSS CLIENT = openClient(System.getenv("OSS_ACCESS_KEY_SECRET"));

  private Sdk1() {}

  public static void main(String[] args) {
    story("object", Sdk1::object);
    story("callback", Sdk1::callback);
    story("callback-failed", Sdk1::callbackFailed);
    story("multipart", Sdk1::multipart);
    story("wrong-secret", Sdk1::wrongSecret);
    story("list", Sdk1::list);
    story("copy", Sdk1::copy);
    story("append", Sdk1::append);
    story("presigned", Sdk1::presigned);
    story("crc", Sdk1::crc);
    CLIENT.shutdown();
  }

  private static OSS openClient(String secret) {
    ClientBuilderConfiguration configuration = new ClientBuilderConfiguration();
    configuration.setSLDEnabled(true);
    configuration.setSignatureVersion(SignVersion.valueOf(System.getenv("OSS_SIGNATURE")));
    return OSSClientBuilder.create()
        .endpoint(System.getenv("OSS_ENDPOINT"))
        .region(System.getenv("OSS_REGION"))
        .credentialsProvider(new DefaultCredentialProvider(System.getenv("OSS_ACCESS_KEY_ID"), secret))
        .clientConfiguration(configuration)
        .build();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String get(String key) throws Exception {
    return read(CLIENT.getObject(BUCKET, key).getObjectContent());
  }

  private static String codeOf(Throwable error) {
    return error instanceof OSSException ? ((OSSException) error).getErrorCode() : error.toString();
  }

  private static Callback callbackTo(String url) {
    Callback callback = new Callback();
    callback.setCallbackUrl(url);
    callback.setCallbackBody(Report.FORM_BODY);
    callback.setCalbackBodyType(CalbackBodyType.URL);
    callback.addCallbackVar("x:user", "42");
    callback.addCallbackVar("x:album", "春天/a b");
    return callback;
  }

  private static String object() throws Exception {
    String key = "相册/春 天.txt";
    ObjectMetadata metadata = new ObjectMetadata();
    metadata.setContentType("text/plain");
    metadata.addUserMetadata("uid", "7");
    CLIENT.putObject(BUCKET, key, stream("hello"), metadata);
    OSSObject got = CLIENT.getObject(BUCKET, key);
    expect(read(got.getObjectContent()), "hello");
    expect(got.getObjectMetadata().getContentType(), "text/plain");
    expect(CLIENT.headObject(BUCKET, key).getUserMetadata().get("uid"), "7");
    CLIENT.deleteObject(BUCKET, key);
    expect(codeOf(refused(() -> get(key))), "NoSuchKey");
    expect(CLIENT.doesObjectExist(BUCKET, key), false);
    return "null";
  }

  private static String callback() throws Exception {
    String content = "hello callback";
    PutObjectRequest request = new PutObjectRequest(BUCKET, "callback/春 天.txt", stream(content));
    request.setCallback(callbackTo(System.getenv("CALLBACK_URL")));
    PutObjectResult result = CLIENT.putObject(request);
    return Report.callbackDetail(read(result.getCallbackResponseBody()), result.getETag(), content.length());
  }

  private static String uploadWithBrokenCallback(String bucket) throws Exception {
    PutObjectRequest request = new PutObjectRequest(bucket, "callback-failed.txt", stream("hello"));
    request.setCallback(callbackTo(System.getenv("BROKEN_CALLBACK_URL")));
    try {
      CLIENT.putObject(request).getCallbackResponseBody().close();
      return "stored and told";
    } catch (OSSException error) {
      if (error.getErrorCode().equals("CallbackFailed")) return "stored, but the callback failed";
      return "not stored: " + error.getErrorCode();
    }
  }

  private static String callbackFailed() throws Exception {
    expect(uploadWithBrokenCallback(BUCKET), "stored, but the callback failed");
    expect(get("callback-failed.txt"), "hello");
    expect(uploadWithBrokenCallback("no-such-bucket"), "not stored: NoSuchBucket");
    return "null";
  }

  private static String multipart() throws Exception {
    String key = "multipart/大 文件.bin";
    String id = CLIENT.initiateMultipartUpload(new InitiateMultipartUploadRequest(BUCKET, key)).getUploadId();
    List<PartETag> parts = new ArrayList<>();
    for (byte[] data : Report.parts()) {
      int number = parts.size() + 1;
      InputStream body = new ByteArrayInputStream(data);
      parts.add(
          CLIENT.uploadPart(new UploadPartRequest(BUCKET, key, id, number, body, data.length)).getPartETag());
    }
    expect(CLIENT.listParts(new ListPartsRequest(BUCKET, key, id)).getParts().size(), 4);
    Callback callback = callbackTo(System.getenv("CALLBACK_URL"));
    callback.setCalbackBodyType(CalbackBodyType.JSON);
    // The SDK builds JSON without escaping: quotes are escaped here.
    callback.setCallbackBody(
        "{\\\"object\\\":${object},\\\"etag\\\":${etag},\\\"size\\\":${size},\\\"user\\\":${x:user},\\\"album\\\":${x:album}}");
    CompleteMultipartUploadRequest request = new CompleteMultipartUploadRequest(BUCKET, key, id, parts);
    request.setCallback(callback);
    String answer = read(CLIENT.completeMultipartUpload(request).getCallbackResponseBody());
    String etag = CLIENT.headObject(BUCKET, key).getETag();
    expect(etag.endsWith("-4"), true);
    expect(get(key), new String(Report.MULTIPART, StandardCharsets.UTF_8));
    return Report.callbackDetail(answer, etag, Report.MULTIPART.length);
  }

  private static String wrongSecret() {
    OSS stranger = openClient("wrong");
    expect(codeOf(refused(() -> stranger.putObject(BUCKET, "stranger.txt", stream("hello")))), "SignatureDoesNotMatch");
    stranger.shutdown();
    return "null";
  }

  private static String list() {
    for (String key : Report.KEYS) CLIENT.putObject(BUCKET, key, stream("x"));
    ObjectListing folder = CLIENT.listObjects(new ListObjectsRequest(BUCKET).withPrefix("list/").withDelimiter("/"));
    expect(keysOf(folder.getObjectSummaries()), List.of("list/a.txt", "list/b c.txt", "list/猫.txt"));
    expect(folder.getCommonPrefixes(), List.of("list/sub/", "list/子/"));

    List<String> paged = new ArrayList<>();
    ListObjectsRequest request = new ListObjectsRequest(BUCKET).withPrefix("list/").withMaxKeys(2);
    ObjectListing page;
    do {
      page = CLIENT.listObjects(request);
      paged.addAll(keysOf(page.getObjectSummaries()));
      request.setMarker(page.getNextMarker());
    } while (page.isTruncated());
    expect(paged, Report.KEYS);

    List<String> pagedV2 = new ArrayList<>();
    ListObjectsV2Request requestV2 = new ListObjectsV2Request(BUCKET).withPrefix("list/").withMaxKeys(2);
    ListObjectsV2Result pageV2;
    do {
      pageV2 = CLIENT.listObjectsV2(requestV2);
      pagedV2.addAll(keysOf(pageV2.getObjectSummaries()));
      requestV2.setContinuationToken(pageV2.getNextContinuationToken());
    } while (pageV2.isTruncated());
    expect(pagedV2, Report.KEYS);
    return "null";
  }

  private static List<String> keysOf(List<OSSObjectSummary> objects) {
    return objects.stream().map(OSSObjectSummary::getKey).collect(Collectors.toList());
  }

  private static String copy() throws Exception {
    ObjectMetadata metadata = new ObjectMetadata();
    metadata.setContentType("text/x-copy");
    metadata.addUserMetadata("uid", "9");
    CLIENT.putObject(BUCKET, "copy/原 文.txt", stream("to copy"), metadata);
    CLIENT.copyObject(BUCKET, "copy/原 文.txt", BUCKET, "copy/副 本.txt");
    expect(get("copy/副 本.txt"), "to copy");
    ObjectMetadata copy = CLIENT.headObject(BUCKET, "copy/副 本.txt");
    expect(copy.getContentType(), "text/x-copy");
    expect(copy.getUserMetadata().get("uid"), "9");
    return "null";
  }

  private static String append() throws Exception {
    String key = "append/日 志.txt";
    AppendObjectResult first =
        CLIENT.appendObject(
            new AppendObjectRequest(BUCKET, key, stream("one ")).withPosition(0L).withInitCRC(0L));
    AppendObjectResult second =
        CLIENT.appendObject(
            new AppendObjectRequest(BUCKET, key, stream("two"))
                .withPosition(first.getNextPosition())
                .withInitCRC(first.getClientCRC()));
    expect(second.getNextPosition(), 7L);
    expect(get(key), "one two");
    AppendObjectRequest again = new AppendObjectRequest(BUCKET, key, stream("again")).withPosition(3L);
    expect(codeOf(refused(() -> CLIENT.appendObject(again))), "PositionNotEqualToLength");
    return "null";
  }

  private static String presigned() throws Exception {
    String key = "presigned/春 天.txt";
    Date expiration = new Date(System.currentTimeMillis() + 60_000);
    String putUrl = CLIENT.generatePresignedUrl(BUCKET, key, expiration, HttpMethod.PUT).toString();
    expect(Report.request("PUT", putUrl, Map.of(), "by URL").statusCode(), 200);
    String getUrl = CLIENT.generatePresignedUrl(BUCKET, key, expiration, HttpMethod.GET).toString();
    expect(Report.request("GET", getUrl, Map.of(), null).body(), "by URL");
    expect(Report.request("DELETE", getUrl, Map.of(), null).statusCode(), 403);
    return "null";
  }

  private static String crc() throws Throwable {
    String content = "checked ".repeat(50_000);
    PutObjectResult put = CLIENT.putObject(BUCKET, "crc.bin", stream(content));
    expect(put.getClientCRC() != null, true);
    expect(put.getServerCRC(), put.getClientCRC());
    Path file = Files.createTempFile("conformance-java-", ".bin");
    try {
      // Downloads and parts are checked as well.
      CLIENT.getObject(new GetObjectRequest(BUCKET, "crc.bin"), file.toFile());
      CLIENT.uploadFile(new UploadFileRequest(BUCKET, "crc-parts.bin", file.toString(), Report.PART_SIZE, 3));
      CLIENT.downloadFile(new DownloadFileRequest(BUCKET, "crc-parts.bin", file.toString(), Report.PART_SIZE));
      expect(Arrays.equals(Files.readAllBytes(file), content.getBytes(StandardCharsets.UTF_8)), true);
    } finally {
      Files.delete(file);
    }
    return "null";
  }
}
