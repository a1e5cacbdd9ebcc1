import Foundation

/// What the server permits: where, with which keys, and whom OSS is to call.
struct Grant: Decodable {
    struct Keys: Decodable { let accessKeyId, accessKeySecret, securityToken: String }
    struct Plain: Decodable {
        let callback: [String: CallbackMember]
        let callbackVar: [String: String]
    }
    struct Callback: Decodable { let plain: Plain }

    let id, key, endpoint, addressing, region, bucket: String
    let credentials: Keys
    let headers: [String: String]
    let callback: Callback
}

/// A text, or callbackSNI, which is true or false.
enum CallbackMember: Decodable {
    case text(String), flag(Bool)

    init(from decoder: Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) { self = .flag(flag) } else { self = .text(try container.decode(String.self)) }
    }

    var value: Any {
        switch self {
        case .text(let text): return text
        case .flag(let flag): return flag
        }
    }
}

/// The server does not permit it.
struct Refused: Error, Decodable { let code, detail: String }

/// The calls of the server. `key` is the one of whoever uses the app, not one of the app: whoever has the app could read that.
struct UploadsApi {
    let uploads: String
    let key: String

    /// Temporary keys that are good for this file.
    func askForKeys(_ file: URL) async throws -> Grant {
        struct Outcome: Decodable { let ok: Bool, grant: Grant?, error: Refused? }
        struct Answer: Decodable { let grants: [Outcome] }
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        let described: [String: Any] = ["name": file.lastPathComponent, "size": size, "type": "text/plain"]
        let data = try await call("", ["route": "partner", "transport": "sts", "files": [described]])
        let first = try JSONDecoder().decode(Answer.self, from: data).grants[0]
        guard let grant = first.grant else { throw first.error ?? Refused(code: "internal", detail: "no grant") }
        return grant
    }

    /// What the application answers now: it has asked the bucket. Not a byte is sent again.
    func confirm(_ grant: Grant) async throws -> String {
        String(decoding: try await call("/\(grant.id)/confirm", [:]), as: UTF8.self)
    }

    private func call(_ path: String, _ body: [String: Any]) async throws -> Data {
        var request = URLRequest(url: URL(string: uploads + path)!)
        request.httpMethod = "POST"
        request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONSerialization.data(withJSONObject: body)
        let (data, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode ?? 500 < 300 else {
            throw try JSONDecoder().decode(Refused.self, from: data)
        }
        return data
    }
}
