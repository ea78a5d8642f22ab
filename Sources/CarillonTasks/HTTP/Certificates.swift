import Foundation

/// Which certificates of servers are trusted, and what the client shows of itself.
struct Certificates {
    /// The file and the folder of what is trusted; nothing where that is what libcurl was built with.
    var authorityFile: String?
    var authorityFolder: String?
    /// Whether nothing is trusted but what the file has.
    var trustsFileAlone = false
    /// The client's certificate, and its key where that is in a file of its own.
    var client: String?
    var clientKey: String?

    /// What a job says; without it the variables that OpenSSL obeys, which libcurl does not look at.
    ///
    /// - Throws: `TaskFailure` where a file cannot be read: what libcurl says of it names none.
    init(_ arguments: HTTPArguments) throws(TaskFailure) {
        func variable(_ name: String) -> String? {
            ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let file = arguments.caFile {
            authorityFile = file
            trustsFileAlone = true
            try Self.check(file, "ca_file")
        } else {
            authorityFile = variable("SSL_CERT_FILE")
            authorityFolder = variable("SSL_CERT_DIR")
            if let authorityFile { try Self.check(authorityFile, "SSL_CERT_FILE of the server's environment") }
        }
        client = arguments.clientCertificate
        clientKey = arguments.clientKey
        if let client { try Self.check(client, "client_certificate") }
        if let clientKey { try Self.check(clientKey, "client_key") }
    }

    private static func check(_ path: String, _ name: String) throws(TaskFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TaskFailure(.requestFailed, "\(name): \(path) cannot be read: \(systemText(errno))")
        }
        close(descriptor)
    }
}
