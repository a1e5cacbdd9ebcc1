package example;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The calls of the server. */
final class UploadsApi {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private UploadsApi() {}

  /** The server does not permit it. */
  static final class Refused extends Exception {
    Refused(JsonObject problem) {
      super(problem.get("code").getAsString() + ": " + problem.get("detail").getAsString());
    }
  }

  record Keys(String accessKeyId, String accessKeySecret, String securityToken) {}

  record Plain(Map<String, String> callback, Map<String, String> callbackVar) {}

  record Callback(String callback, String callbackVar, Plain plain) {}

  record Grant(
      String id,
      String key,
      String endpoint,
      String addressing,
      String region,
      String bucket,
      Keys credentials,
      Map<String, String> headers,
      Callback callback) {}

  /** Temporary keys that are good for this file. */
  static Grant askForKeys(Path file) throws IOException, InterruptedException, Refused {
    Map<String, Object> described =
        Map.of("name", file.getFileName().toString(), "size", Files.size(file), "type", "text/plain");
    JsonElement answer =
        call("", Map.of("route", "partner", "transport", "sts", "files", List.of(described)));
    JsonObject first = answer.getAsJsonObject().getAsJsonArray("grants").get(0).getAsJsonObject();
    if (!first.get("ok").getAsBoolean()) throw new Refused(first.getAsJsonObject("error"));
    return new Gson().fromJson(first.get("grant"), Grant.class);
  }

  /** What the application answers now: it has asked the bucket. Not a byte is sent again. */
  static String confirm(Grant grant) throws IOException, InterruptedException, Refused {
    return call("/" + grant.id() + "/confirm", Map.of()).toString();
  }

  private static JsonElement call(String path, Object body) throws IOException, InterruptedException, Refused {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(setting("UPLOADS", "http://localhost:3002/uploads") + path))
            .header("Authorization", "Bearer " + setting("UPLOADS_KEY", "odk_made-by-oss-direct-keys-create"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(new Gson().toJson(body)))
            .build();
    HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
    JsonElement json = JsonParser.parseString(response.body());
    if (response.statusCode() >= 300) throw new Refused(json.getAsJsonObject());
    return json;
  }

  private static String setting(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
