using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

sealed record Keys(string AccessKeyId, string AccessKeySecret, string SecurityToken);
sealed record Callbacks(string Callback, string CallbackVar);
sealed record Grant(string Id, string Key, string Endpoint, string Addressing, string Region, string Bucket,
    Keys Credentials, Dictionary<string, string> Headers, Callbacks Callback);

/// <summary>The server does not permit it.</summary>
sealed class Refused(JsonElement problem)
    : Exception($"{problem.GetProperty("code").GetString()}: {problem.GetProperty("detail").GetString()}");

/// <summary>The calls of the server.</summary>
static class UploadsApi
{
    static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    static readonly HttpClient Http = new()
    {
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Setting("UPLOADS_KEY", "odk_made-by-oss-direct-keys-create")) },
    };

    /// <summary>Temporary keys that are good for this file.</summary>
    public static async Task<Grant> AskForKeys(FileInfo file)
    {
        var described = new { name = file.Name, size = file.Length, type = "text/plain" };
        var answer = await Call("", new { route = "partner", transport = "sts", files = new[] { described } });
        var first = answer.GetProperty("grants")[0];
        if (!first.GetProperty("ok").GetBoolean()) throw new Refused(first.GetProperty("error"));
        return first.GetProperty("grant").Deserialize<Grant>(Web)!;
    }

    /// <summary>What the application answers now: it has asked the bucket. Not a byte is sent again.</summary>
    public static async Task<string> Confirm(Grant grant) => (await Call($"/{grant.Id}/confirm", new { })).GetRawText();

    static async Task<JsonElement> Call(string path, object body)
    {
        var answer = await Http.PostAsJsonAsync(Setting("UPLOADS", "http://localhost:3002/uploads") + path, body);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? json : throw new Refused(json);
    }

    static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;
}
