package example;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** The calls of the server. */
final class UploadsApi {
  private final String uploads;
  private final String key;

  /** `key` is the one of whoever uses the app, not one of the app: whoever has the app could read that. */
  UploadsApi(String uploads, String key) {
    this.uploads = uploads;
    this.key = key;
  }

  /** The server does not permit it. */
  static final class Refused extends Exception {
    Refused(JSONObject problem) {
      super(problem.optString("code") + ": " + problem.optString("detail"));
    }
  }

  /** Temporary keys that are good for this file. */
  JSONObject askForKeys(File file) throws IOException, JSONException, Refused {
    JSONObject described = new JSONObject().put("name", file.getName()).put("size", file.length()).put("type", "text/plain");
    JSONObject request =
        new JSONObject().put("route", "partner").put("transport", "sts").put("files", new JSONArray().put(described));
    JSONObject answer = call("", request).getJSONArray("grants").getJSONObject(0);
    if (!answer.getBoolean("ok")) throw new Refused(answer.getJSONObject("error"));
    return answer.getJSONObject("grant");
  }

  /** What the application answers now: it has asked the bucket. Not a byte is sent again. */
  String confirm(JSONObject grant) throws IOException, JSONException, Refused {
    return call("/" + grant.getString("id") + "/confirm", new JSONObject()).toString();
  }

  private JSONObject call(String path, JSONObject body) throws IOException, JSONException, Refused {
    HttpURLConnection connection = (HttpURLConnection) new URL(uploads + path).openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Authorization", "Bearer " + key);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.getOutputStream().write(body.toString().getBytes(StandardCharsets.UTF_8));
    boolean failed = connection.getResponseCode() >= 300;
    try (InputStream stream = failed ? connection.getErrorStream() : connection.getInputStream()) {
      JSONObject json = new JSONObject(read(stream));
      if (failed) throw new Refused(json);
      return json;
    }
  }

  private static String read(InputStream stream) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] piece = new byte[8192];
    for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) bytes.write(piece, 0, count);
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }
}
