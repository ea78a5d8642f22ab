import Foundation
import Testing

/// Certificates of an authority of its own, and servers that have them, made with openssl(1) and Python.
final class TLSServer {
    let folder: TemporaryFolder
    let port: Int
    private let process = Process()

    /// An authority (`ca.pem`, and alone in `folder/`), another one (`other.pem`), a server's certificate and a client's,
    /// with its key in `client.key`, and with both in `both.pem`.
    private static let making = """
        set -e
        key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
        for name in ca other; do
            openssl req -x509 $key -keyout $name.key -out $name.pem -days 2 -subj /CN=$name
        done
        echo subjectAltName=IP:127.0.0.1 > names
        for name in server client; do
            openssl req $key -keyout $name.key -out $name.csr -subj /CN=$name
            openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out $name.pem
        done
        cat client.pem client.key > both.pem
        mkdir folder
        cp ca.pem folder/$(openssl x509 -hash -noout -in ca.pem).0
        """

    /// Answers 200 with the name of the client, or sends it where the path says, as `/https://127.0.0.1:1/`.
    private static let serving = """
        import http.server, ssl, sys
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                target = self.path[1:]
                self.send_response(302 if target else 200)
                if target: self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()
            def log_message(self, *words): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("server.pem", "server.key")
        if sys.argv[1] == "asking":
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations("ca.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    /// - Parameters:
    ///   - isAsking: Whether it wants a certificate of its clients.
    ///   - folder: Where its certificates are; they are made where none is given.
    init(isAsking: Bool = false, in folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? Self.makeCertificates()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.serving, isAsking ? "asking" : "open"]
        process.currentDirectoryURL = URL(fileURLWithPath: self.folder.path)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)), "the server does not start")
    }

    // SIGTERM may be blocked in what a thread of a pool starts.
    deinit { kill(process.processIdentifier, SIGKILL) }

    private static func makeCertificates() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let making = Process()
        making.executableURL = URL(fileURLWithPath: "/bin/sh")
        making.arguments = ["-c", Self.making]
        making.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        making.standardError = FileHandle.nullDevice
        try making.run()
        making.waitUntilExit()
        try #require(making.terminationStatus == 0, "openssl makes no certificates; is it installed?")
        return folder
    }

    var url: String { "https://127.0.0.1:\(port)/" }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }
}
