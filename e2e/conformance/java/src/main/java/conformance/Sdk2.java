package conformance;

import static conformance.Report.expect;
import static conformance.Report.read;
import static conformance.Report.refused;
import static conformance.Report.story;

import com.aliyun.sdk.service.oss2.OSSClient;
import com.aliyun.sdk.service.oss2.credentials.StaticCredentialsProvider;
import com.aliyun.sdk.service.oss2.exceptions.ServiceException;
import com.aliyun.sdk.service.oss2.models.AppendObjectRequest;
import com.aliyun.sdk.service.oss2.models.AppendObjectResult;
import com.aliyun.sdk.service.oss2.models.CallbackHelper;
import com.aliyun.sdk.service.oss2.models.CallbackHelper.CallbackBodyType;
import com.aliyun.sdk.service.oss2.models.CommonPrefix;
import com.aliyun.sdk.service.oss2.models.CompleteMultipartUpload;
import com.aliyun.sdk.service.oss2.models.CompleteMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.CopyObjectRequest;
import com.aliyun.sdk.service.oss2.models.DeleteObjectRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectRequest;
import com.aliyun.sdk.service.oss2.models.GetObjectResult;
import com.aliyun.sdk.service.oss2.models.HeadObjectRequest;
import com.aliyun.sdk.service.oss2.models.HeadObjectResult;
import com.aliyun.sdk.service.oss2.models.InitiateMultipartUploadRequest;
import com.aliyun.sdk.service.oss2.models.ListObjectsRequest;
import com.aliyun.sdk.service.oss2.models.ListObjectsResult;
import com.aliyun.sdk.service.oss2.models.ListObjectsV2Request;
import com.aliyun.sdk.service.oss2.models.ListObjectsV2Result;
import com.aliyun.sdk.service.oss2.models.ListPartsRequest;
import com.aliyun.sdk.service.oss2.models.ObjectSummary;
import com.aliyun.sdk.service.oss2.models.Part;
import com.aliyun.sdk.service.oss2.models.PresignResult;
import com.aliyun.sdk.service.oss2.models.PutObjectRequest;
import com.aliyun.sdk.service.oss2.models.PutObjectResult;
import com.aliyun.sdk.service.oss2.models.UploadPartRequest;
import com.aliyun.sdk.service.oss2.transfermanager.Downloader;
import com.aliyun.sdk.service.oss2.transfermanager.DownloaderOptions;
import com.aliyun.sdk.service.oss2.transfermanager.Uploader;
import com.aliyun.sdk.service.oss2.transfermanager.UploaderOptions;
import com.aliyun.sdk.service.oss2.transport.BinaryData;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A program that uses `com.aliyun:alibabacloud-oss-v2`, as its users write them. */
public final class Sdk2 {
  private static final String BUCKET = System.getenv("OSS_BUCKET");
  private static final OSSClient CLIENT = openClient(System.getenv("OSS_ACCESS_KEY_SECRET"));

  private Sdk2() {}

  public static void main(String[] args) throws Exception {
    story("object", Sdk2::object);
    story("callback", Sdk2::callback);
    story("callback-failed", Sdk2::callbackFailed);
    story("multipart", Sdk2::multipart);
    story("wrong-secret", Sdk2::wrongSecret);
    story("list", Sdk2::list);
    story("copy", Sdk2::copy);
    story("append", Sdk2::append);
    story("presigned", Sdk2::presigned);
    story("crc", Sdk2::crc);
    CLIENT.close();
  }

  private static OSSClient openClient(String secret) {
    return OSSClient.newBuilder()
        .credentialsProvider(new StaticCredentialsProvider(System.getenv("OSS_ACCESS_KEY_ID"), secret))
        .endpoint(System.getenv("OSS_ENDPOINT"))
        .region(System.getenv("OSS_REGION"))
        .signatureVersion(System.getenv("OSS_SIGNATURE").toLowerCase(Locale.ROOT))
        .usePathStyle(true)
        .build();
  }

  private static PutObjectRequest.Builder put(String key, String content) {
    return PutObjectRequest.newBuilder().bucket(BUCKET).key(key).body(BinaryData.fromString(content));
  }

  private static String get(String key) throws Exception {
    try (GetObjectResult result = CLIENT.getObject(GetObjectRequest.newBuilder().bucket(BUCKET).key(key).build())) {
      return read(result.body());
    }
  }

  private static HeadObjectResult head(String key) {
    return CLIENT.headObject(HeadObjectRequest.newBuilder().bucket(BUCKET).key(key).build());
  }

  private static String codeOf(Throwable error) {
    ServiceException cause = ServiceException.asCause(error);
    return cause == null ? error.toString() : cause.errorCode();
  }

  private static CallbackHelper.Builder callbackTo(String url) {
    return CallbackHelper.newBuilder()
        .callbackUrl(url)
        .callbackBody(Report.FORM_BODY)
        .callbackBodyType(CallbackBodyType.URL_ENCODED)
        .callbackVar(new HashMap<>(Map.of("x:user", "42", "x:album", "春天/a b")));
  }

  private static String object() throws Exception {
    String key = "相册/春 天.txt";
    CLIENT.putObject(put(key, "hello").contentType("text/plain").metadata(Map.of("uid", "7")).build());
    expect(get(key), "hello");
    HeadObjectResult head = head(key);
    expect(head.contentType(), "text/plain");
    expect(head.metadata().get("uid"), "7");
    CLIENT.deleteObject(DeleteObjectRequest.newBuilder().bucket(BUCKET).key(key).build());
    expect(codeOf(refused(() -> get(key))), "NoSuchKey");
    expect(codeOf(refused(() -> head(key))), "NoSuchKey");
    expect(CLIENT.doesObjectExist(BUCKET, key), false);
    return "null";
  }

  private static String callback() {
    String content = "hello callback";
    CallbackHelper callback = callbackTo(System.getenv("CALLBACK_URL")).build();
    PutObjectResult result =
        CLIENT.putObject(
            put("callback/春 天.txt", content)
                .callback(callback.toCallbackParameter())
                .callbackVar(callback.toCallbackVarParameter())
                .build());
    return Report.callbackDetail(result.callbackResult(), result.eTag(), content.length());
  }

  private static String uploadWithBrokenCallback(String bucket) {
    CallbackHelper callback = callbackTo(System.getenv("BROKEN_CALLBACK_URL")).build();
    PutObjectRequest request =
        put("callback-failed.txt", "hello")
            .bucket(bucket)
            .callback(callback.toCallbackParameter())
            .callbackVar(callback.toCallbackVarParameter())
            .build();
    try {
      // No exception for a 203.
      return CLIENT.putObject(request).statusCode() == 203 ? "stored, but the callback failed" : "stored and told";
    } catch (RuntimeException error) {
      return "not stored: " + codeOf(error);
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
    String id =
        CLIENT
            .initiateMultipartUpload(InitiateMultipartUploadRequest.newBuilder().bucket(BUCKET).key(key).build())
            .initiateMultipartUpload()
            .uploadId();
    List<Part> parts = new ArrayList<>();
    for (byte[] data : Report.parts()) {
      long number = parts.size() + 1;
      UploadPartRequest request =
          UploadPartRequest.newBuilder()
              .bucket(BUCKET)
              .key(key)
              .uploadId(id)
              .partNumber(number)
              .body(BinaryData.fromBytes(data))
              .build();
      parts.add(Part.newBuilder().partNumber(number).eTag(CLIENT.uploadPart(request).eTag()).build());
    }
    ListPartsRequest listing = ListPartsRequest.newBuilder().bucket(BUCKET).key(key).uploadId(id).build();
    expect(CLIENT.listParts(listing).parts().size(), 4);
    CallbackHelper callback =
        callbackTo(System.getenv("CALLBACK_URL"))
            .callbackBodyType(CallbackBodyType.JSON)
            .callbackBody(
                "{\"object\":${object},\"etag\":${etag},\"size\":${size},\"user\":${x:user},\"album\":${x:album}}")
            .build();
    String answer =
        CLIENT
            .completeMultipartUpload(
                CompleteMultipartUploadRequest.newBuilder()
                    .bucket(BUCKET)
                    .key(key)
                    .uploadId(id)
                    .completeMultipartUpload(CompleteMultipartUpload.newBuilder().parts(parts).build())
                    .callback(callback.toCallbackParameter())
                    .callbackVar(callback.toCallbackVarParameter())
                    .build())
            .callbackResult();
    String etag = head(key).eTag();
    expect(etag.endsWith("-4\""), true);
    expect(get(key), new String(Report.MULTIPART, StandardCharsets.UTF_8));
    return Report.callbackDetail(answer, etag, Report.MULTIPART.length);
  }

  private static String wrongSecret() throws Exception {
    try (OSSClient stranger = openClient("wrong")) {
      PutObjectRequest request = put("stranger.txt", "hello").build();
      expect(codeOf(refused(() -> stranger.putObject(request))), "SignatureDoesNotMatch");
    }
    return "null";
  }

  private static String list() {
    for (String key : Report.KEYS) CLIENT.putObject(put(key, "x").build());
    ListObjectsV2Result folder =
        CLIENT.listObjectsV2(ListObjectsV2Request.newBuilder().bucket(BUCKET).prefix("list/").delimiter("/").build());
    expect(keysOf(folder.contents()), List.of("list/a.txt", "list/b c.txt", "list/猫.txt"));
    expect(
        folder.commonPrefixes().stream().map(CommonPrefix::prefix).collect(Collectors.toList()),
        List.of("list/sub/", "list/子/"));

    List<String> paged = new ArrayList<>();
    ListObjectsRequest request = ListObjectsRequest.newBuilder().bucket(BUCKET).prefix("list/").maxKeys(2L).build();
    for (ListObjectsResult page : CLIENT.listObjectsPaginator(request)) paged.addAll(keysOf(page.contents()));
    expect(paged, Report.KEYS);

    List<String> pagedV2 = new ArrayList<>();
    ListObjectsV2Request requestV2 =
        ListObjectsV2Request.newBuilder().bucket(BUCKET).prefix("list/").maxKeys(2L).build();
    for (ListObjectsV2Result page : CLIENT.listObjectsV2Paginator(requestV2)) pagedV2.addAll(keysOf(page.contents()));
    expect(pagedV2, Report.KEYS);
    return "null";
  }

  private static List<String> keysOf(List<ObjectSummary> objects) {
    return objects.stream().map(ObjectSummary::key).collect(Collectors.toList());
  }

  private static String copy() throws Exception {
    CLIENT.putObject(put("copy/原 文.txt", "to copy").contentType("text/x-copy").metadata(Map.of("uid", "9")).build());
    CLIENT.copyObject(
        CopyObjectRequest.newBuilder()
            .bucket(BUCKET)
            .key("copy/副 本.txt")
            .sourceBucket(BUCKET)
            .sourceKey("copy/原 文.txt")
            .build());
    expect(get("copy/副 本.txt"), "to copy");
    HeadObjectResult copy = head("copy/副 本.txt");
    expect(copy.contentType(), "text/x-copy");
    expect(copy.metadata().get("uid"), "9");
    return "null";
  }

  private static AppendObjectRequest.Builder appending(long position, String content) {
    return AppendObjectRequest.newBuilder()
        .bucket(BUCKET)
        .key("append/日 志.txt")
        .position(position)
        .body(BinaryData.fromString(content));
  }

  private static String append() throws Exception {
    AppendObjectResult first = CLIENT.appendObject(appending(0, "one ").initHashCRC64(0).build());
    long crc = Long.parseUnsignedLong(first.hashCrc64ecma());
    AppendObjectResult second =
        CLIENT.appendObject(appending(first.nextAppendPosition(), "two").initHashCRC64(crc).build());
    expect(second.nextAppendPosition(), 7L);
    expect(get("append/日 志.txt"), "one two");
    expect(codeOf(refused(() -> CLIENT.appendObject(appending(3, "again").build()))), "PositionNotEqualToLength");
    return "null";
  }

  private static String presigned() throws Exception {
    String key = "presigned/春 天.txt";
    PresignResult toPut = CLIENT.presign(PutObjectRequest.newBuilder().bucket(BUCKET).key(key).build());
    Map<String, String> putHeaders = toPut.signedHeaders().orElse(Map.of());
    expect(Report.request("PUT", toPut.url(), putHeaders, "by URL").statusCode(), 200);
    PresignResult toGet = CLIENT.presign(GetObjectRequest.newBuilder().bucket(BUCKET).key(key).build());
    Map<String, String> getHeaders = toGet.signedHeaders().orElse(Map.of());
    expect(Report.request("GET", toGet.url(), getHeaders, null).body(), "by URL");
    expect(Report.request("DELETE", toGet.url(), getHeaders, null).statusCode(), 403);
    return "null";
  }

  private static String crc() throws Exception {
    String content = "checked ".repeat(50_000);
    expect(CLIENT.putObject(put("crc.bin", content).build()).hashCrc64ecma() != null, true);
    Path file = Files.createTempFile("conformance-java-", ".bin");
    try {
      Files.writeString(file, content);
      // Parts and downloads are checked as well.
      UploaderOptions upload = new UploaderOptions.Builder().partSize(Report.PART_SIZE).build();
      new Uploader(CLIENT, upload)
          .uploadFile(PutObjectRequest.newBuilder().bucket(BUCKET).key("crc-parts.bin").build(), file.toString());
      DownloaderOptions download = new DownloaderOptions.Builder().partSize(Report.PART_SIZE).build();
      new Downloader(CLIENT, download)
          .downloadFile(GetObjectRequest.newBuilder().bucket(BUCKET).key("crc-parts.bin").build(), file.toString());
      expect(Arrays.equals(Files.readAllBytes(file), content.getBytes(StandardCharsets.UTF_8)), true);
    } finally {
      Files.delete(file);
    }
    return "null";
  }
}
