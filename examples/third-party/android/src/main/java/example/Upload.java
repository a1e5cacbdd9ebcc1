package example;

import android.content.Context;
import android.util.Log;
import com.alibaba.sdk.android.oss.ClientConfiguration;
import com.alibaba.sdk.android.oss.ClientException;
import com.alibaba.sdk.android.oss.OSSClient;
import com.alibaba.sdk.android.oss.ServiceException;
import com.alibaba.sdk.android.oss.common.auth.OSSStsTokenCredentialProvider;
import com.alibaba.sdk.android.oss.model.CompleteMultipartUploadResult;
import com.alibaba.sdk.android.oss.model.MultipartUploadRequest;
import com.alibaba.sdk.android.oss.model.ObjectMetadata;
import com.alibaba.sdk.android.oss.model.PutObjectRequest;
import com.alibaba.sdk.android.oss.signer.SignVersion;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.json.JSONException;
import org.json.JSONObject;

/** Uploads a file with oss-android-sdk; call it from a worker. */
public final class Upload {
  private static final String TAG = "Upload";
  private static final long PART = 1024 * 1024;

  private Upload() {}

  /** The application's answer. Throws what kept the file from being stored, or the application from answering. */
  public static String send(Context context, UploadsApi api, File file, boolean inParts)
      throws IOException, JSONException, ClientException, ServiceException, UploadsApi.Refused {
    JSONObject grant = api.askForKeys(file);
    OSSClient client = openClient(context, grant);
    try {
      String answer = inParts ? putParts(client, grant, file) : put(client, grant, file);
      Log.i(TAG, "done: " + answer);
      return answer;
    } catch (ServiceException error) {
      if (error.getStatusCode() != 203) throw error;
      Log.w(TAG, "unconfirmed: the file is stored, the application has not answered: " + error.getRawMessage());
      return api.confirm(grant);
    }
  }

  private static OSSClient openClient(Context context, JSONObject grant) throws JSONException {
    JSONObject keys = grant.getJSONObject("credentials");
    ClientConfiguration configuration = new ClientConfiguration();
    configuration.setSignVersion(SignVersion.V4);
    configuration.setPathStyleAccessEnable(grant.getString("addressing").equals("path"));
    OSSStsTokenCredentialProvider credentials =
        new OSSStsTokenCredentialProvider(
            keys.getString("accessKeyId"), keys.getString("accessKeySecret"), keys.getString("securityToken"));
    OSSClient client = new OSSClient(context, grant.getString("endpoint"), credentials, configuration);
    client.setRegion(grant.getString("region"));
    return client;
  }

  private static String put(OSSClient client, JSONObject grant, File file)
      throws JSONException, ClientException, ServiceException {
    PutObjectRequest request =
        new PutObjectRequest(grant.getString("bucket"), grant.getString("key"), file.getPath(), metadataOf(grant));
    request.setCallbackParam(textsOf(plainOf(grant).getJSONObject("callback")));
    request.setCallbackVars(textsOf(plainOf(grant).getJSONObject("callbackVar")));
    return client.putObject(request).getServerCallbackReturnBody();
  }

  private static String putParts(OSSClient client, JSONObject grant, File file)
      throws JSONException, ClientException, ServiceException {
    MultipartUploadRequest<?> request =
        new MultipartUploadRequest<>(
            grant.getString("bucket"), grant.getString("key"), file.getPath(), metadataOf(grant));
    request.setPartSize(PART);
    request.setCallbackParam(textsOf(plainOf(grant).getJSONObject("callback")));
    request.setCallbackVars(textsOf(plainOf(grant).getJSONObject("callbackVar")));
    CompleteMultipartUploadResult result = client.multipartUpload(request);
    return result.getServerCallbackReturnBody();
  }

  private static JSONObject plainOf(JSONObject grant) throws JSONException {
    return grant.getJSONObject("callback").getJSONObject("plain");
  }

  private static ObjectMetadata metadataOf(JSONObject grant) throws JSONException {
    JSONObject headers = grant.getJSONObject("headers");
    ObjectMetadata metadata = new ObjectMetadata();
    metadata.setContentType(headers.getString("content-type"));
    metadata.setContentDisposition(headers.getString("content-disposition"));
    metadata.setHeader("x-oss-forbid-overwrite", headers.getString("x-oss-forbid-overwrite"));
    return metadata;
  }

  /** The SDK takes texts only, so callbackSNI becomes one. */
  private static Map<String, String> textsOf(JSONObject object) throws JSONException {
    Map<String, String> texts = new HashMap<>();
    for (Iterator<?> names = object.keys(); names.hasNext(); ) {
      String name = (String) names.next();
      texts.put(name, object.get(name).toString());
    }
    return texts;
  }
}
