package import Carillon
internal import CarillonTriggers

/// How remembered requests are written.
package enum StoredRequest {
    package static func bytes(_ request: RememberedRequest) -> [UInt8] {
        var fields = PackedFields()
        fields.append(request.fingerprint)
        fields.append(request.token)
        fields.append(request.claimed.microseconds)
        fields.append(request.expires.microseconds)
        fields.append(request.answer)
        return fields.bytes
    }

    package static func request(_ bytes: [UInt8]) -> RememberedRequest? {
        guard !bytes.isEmpty else { return nil }
        var reader = PackedReader(bytes)
        do throws(UnreadableValue) {
            return RememberedRequest(
                fingerprint: try reader.text("fingerprint"), token: try reader.integer("token"),
                claimed: try reader.instant("time of the claim"), expires: try reader.instant("end of the claim"),
                answer: try reader.optionalBytes("answer"))
        } catch {
            return nil
        }
    }
}
