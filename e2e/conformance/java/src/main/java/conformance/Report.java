package conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the programs here print, one line of JSON a story, and what their stories are about. */
final class Report {
  static final String FORM_BODY = "object=${object}&etag=${etag}&size=${size}&user=${x:user}&album=${x:album}";
  static final List<String> KEYS =
      List.of("list/a.txt", "list/b c.txt", "list/sub/d.txt", "list/子/e.txt", "list/猫.txt");
  static final byte[] MULTIPART = "multipart ".repeat(35_840).getBytes(StandardCharsets.UTF_8);
  static final int PART_SIZE = 100 * 1024;

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Report() {}

  /** Tells a story; what it returns is JSON. */
  interface Story {
    String tell() throws Throwable;
  }

  /** A call that must not succeed. */
  interface Call {
    void run() throws Throwable;
  }

  static void story(String name, Story story) {
    try {
      OUT.println("{\"story\":" + quote(name) + ",\"ok\":true,\"detail\":" + story.tell() + "}");
    } catch (Throwable error) {
      StringBuilder detail = new StringBuilder(error.toString());
      for (StackTraceElement frame : error.getStackTrace()) {
        if (frame.getClassName().startsWith("conformance.Sdk")) detail.append("\n    at ").append(frame);
      }
      OUT.println("{\"story\":" + quote(name) + ",\"ok\":false,\"detail\":" + quote(detail.toString()) + "}");
    }
  }

  /** The detail of a story that ended in a callback; the answer is JSON already. */
  static String callbackDetail(String answer, String etag, int size) {
    return "{\"answer\":" + answer + ",\"etag\":" + quote(etag) + ",\"size\":" + size + "}";
  }

  static void expect(Object actual, Object wanted) {
    if (!Objects.equals(actual, wanted)) throw new AssertionError(actual + " instead of " + wanted);
  }

  static Throwable refused(Call call) {
    try {
      call.run();
    } catch (Throwable error) {
      return error;
    }
    throw new AssertionError("it was not refused");
  }

  static String read(InputStream body) throws IOException {
    try (InputStream stream = body) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<byte[]> parts() {
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at < MULTIPART.length; at += PART_SIZE) {
      parts.add(Arrays.copyOfRange(MULTIPART, at, Math.min(at + PART_SIZE, MULTIPART.length)));
    }
    return parts;
  }

  /** A plain HTTP request, as somebody with a signed URL sends it. */
  static HttpResponse<String> request(String method, String url, Map<String, String> headers, String body)
      throws IOException, InterruptedException {
    BodyPublisher content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).method(method, content).timeout(Duration.ofSeconds(10));
    headers.forEach(request::header);
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static String quote(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char character : text.toCharArray()) {
      if (character == '"' || character == '\\') json.append('\\').append(character);
      else if (character < ' ') json.append(String.format("\\u%04x", (int) character));
      else json.append(character);
    }
    return json.append('"').toString();
  }
}
