import CTransfer
import Carillon

/// A transfer of the C library that makes requests.
///
/// `@unchecked`: `cancel` may be called on any thread while the transfer lives, which transfer.h promises; everything
/// else happens on the one thread that performs it.
final class Transfer: @unchecked Sendable {
    private let transfer: OpaquePointer

    /// `nil` if there is no memory.
    init?() {
        guard let transfer = transfer_make() else { return nil }
        self.transfer = transfer
    }

    deinit { transfer_free(transfer) }

    /// Ends `perform`.
    func cancel() { transfer_cancel(transfer) }

    /// The status of the answer; 0 where none has come.
    var status: Int { Int(transfer_status(transfer)) }

    /// The proxy that was used, if any was.
    var proxy: UsedProxy? { transfer_proxy(transfer).flatMap { UsedProxy(String(cString: $0)) } }

    /// What is said of the end.
    var message: String { String(cString: transfer_message(transfer)) }

    /// The system's error number behind it, or 0.
    var systemError: Int32 { transfer_system_error(transfer) }

    /// Makes a request and keeps the thread until it has ended; how, transfer.h tells.
    func perform(_ request: Request, milliseconds: Int64) -> (end: Int32, Answer) {
        let collector = Collector()
        // A header without a value is written with a semicolon (CURLOPT_HTTPHEADER), since without one it is left out.
        // So that it does not wait for leave to send a body, `Expect` is left out.
        let lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" } + ["Expect:"]
        let certificates = request.certificates
        let files = [
            certificates.authorityFile, certificates.authorityFolder, certificates.client, certificates.clientKey,
        ].map { $0.map { CStrings([$0]) } }
        let paths = files.map { UnsafePointer($0?.start.pointee) }
        let end = withCStrings(lines) { headers in
            request.method.withCString { method in
                request.target.url.withCString { url in
                    (request.body ?? []).withUnsafeBufferPointer { body in
                        let bytes = UnsafeRawPointer(body.baseAddress) ?? UnsafeRawPointer(url)
                        var asked = transfer_request(
                            method: method,
                            url: url,
                            headers: headers,
                            body: request.body == nil ? nil : bytes,
                            body_count: Int64(body.count),
                            timeout_milliseconds: milliseconds,
                            authority_file: paths[0],
                            authority_folder: paths[1],
                            only_authority_file: certificates.trustsFileAlone ? 1 : 0,
                            certificate: paths[2],
                            key: paths[3]
                        )
                        return perform(&asked, collector)
                    }
                }
            }
        }
        withExtendedLifetime(files) {}
        var answer = collector.answer
        answer.cut()
        answer.status = status
        answer.redirection = transfer_redirection(transfer).map { String(cString: $0) }
        return (end, answer)
    }

    private func perform(_ request: inout transfer_request, _ collector: Collector) -> Int32 {
        let receiver: transfer_receiver = { context, isHead, bytes, count in
            guard let context else { return }
            let collector = Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue()
            let part = UnsafeRawBufferPointer(start: bytes, count: count)
            if isHead != 0 { collector.answer.take(headLine: part) } else { collector.answer.take(bodyPart: part) }
        }
        return withExtendedLifetime(collector) {
            transfer_perform(transfer, &request, receiver, Unmanaged.passUnretained(collector).toOpaque())
        }
    }

    private func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let strings = CStrings(texts)
        return withExtendedLifetime(strings) {
            strings.start.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: texts.count + 1) { body($0) }
        }
    }
}

/// Where an answer comes together.
private final class Collector {
    var answer = Answer()
}
