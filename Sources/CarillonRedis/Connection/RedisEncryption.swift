#if Redis
internal import COpenSSL
internal import Synchronization

/// What is asked of an encrypted connection.
struct RedisEncryption: Hashable {
    /// A file of authorities that are trusted instead of the system's.
    var authorities: String?
    /// The files of a certificate of our own and of its key.
    var certificate: String?
    var key: String?
    /// Whether the server's certificate is looked at.
    var isVerifying = true
}

/// The encryption of one connection, by OpenSSL over buffers of ours: OpenSSL itself would write to the socket without
/// `MSG_NOSIGNAL`, and a server that has gone would end the program by SIGPIPE.
final class RedisCipher {
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// Prepares a connection to a host.
    init(_ encryption: RedisEncryption, host: String) throws(RedisFailure) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Self.failure("there is no memory left") }
        self.context = context
        _ = carillon_ssl_require_tls12(context)
        _ = carillon_ssl_allow_moving_writes(context)
        do throws(RedisFailure) {
            try Self.configure(context, encryption)
        } catch {
            SSL_CTX_free(context)
            throw error
        }
        guard let ssl = SSL_new(context), let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem())
        else {
            SSL_CTX_free(context)
            throw Self.failure("there is no memory left")
        }
        (self.ssl, self.incoming, self.outgoing) = (ssl, incoming, outgoing)
        SSL_set_bio(ssl, incoming, outgoing)
        SSL_set_connect_state(ssl)
        let isAddress = host.utf8.allSatisfy { $0 == 0x2E || 0x30...0x39 ~= $0 } || host.contains(":")
        if !isAddress { _ = carillon_ssl_set_host_name(ssl, host) }
        if encryption.isVerifying {
            SSL_set_verify(ssl, SSL_VERIFY_PEER, nil)
            let parameters = SSL_get0_param(ssl)
            if isAddress {
                X509_VERIFY_PARAM_set1_ip_asc(parameters, host)
            } else {
                X509_VERIFY_PARAM_set1_host(parameters, host, 0)
            }
        }
    }

    deinit {
        // Its buffers go with it.
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    private static func configure(_ context: OpaquePointer, _ encryption: RedisEncryption) throws(RedisFailure) {
        if let authorities = encryption.authorities {
            guard SSL_CTX_load_verify_file(context, authorities) == 1 else {
                throw failure("the file of authorities '\(authorities)' cannot be read")
            }
        } else {
            SSL_CTX_set_default_verify_paths(context)
        }
        guard let certificate = encryption.certificate else { return }
        guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1,
            SSL_CTX_use_PrivateKey_file(context, encryption.key ?? certificate, SSL_FILETYPE_PEM) == 1
        else { throw failure("the certificate '\(certificate)' or its key cannot be read") }
    }

    /// What a step leaves to be done.
    enum Step: Equatable {
        case done(Int)
        /// More has to be read from the socket.
        case needsInput
    }

    /// Makes a step of the handshake.
    func shakeHands() throws(RedisFailure) -> Step { try step(SSL_do_handshake(ssl)) }

    /// Encrypts bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws(RedisFailure) -> Step {
        try step(SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count)))
    }

    /// Decrypts what was taken.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(RedisFailure) -> Step {
        try step(SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    private func step(_ result: Int32) throws(RedisFailure) -> Step {
        if result > 0 { return .done(Int(result)) }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
        case SSL_ERROR_ZERO_RETURN: throw RedisFailure(.lost, "the server closed the connection")
        default:
            let verdict = SSL_get_verify_result(ssl)
            if verdict != X509_V_OK {
                throw Self.failure(String(cString: X509_verify_cert_error_string(verdict)))
            }
            throw Self.failure("the encrypted connection failed")
        }
    }

    private static func failure(_ what: String) -> RedisFailure {
        var text = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return RedisFailure(.insecure, what) }
        ERR_error_string_n(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return RedisFailure(.insecure, "\(what) (\(String(decoding: bytes, as: UTF8.self)))")
    }

    /// Takes bytes that came from the socket.
    func take(_ bytes: UnsafeRawBufferPointer) { BIO_write(incoming, bytes.baseAddress, Int32(clamping: bytes.count)) }

    /// Moves what is to be sent to a buffer.
    func drain(into pending: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while case let count = BIO_read(outgoing, &buffer, Int32(buffer.count)), count > 0 {
            pending += buffer[..<Int(count)]
        }
    }
}
#endif
