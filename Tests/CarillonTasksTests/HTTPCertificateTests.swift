import Carillon
import CarillonTasks
import Foundation
import Testing

/// Requests to servers of a private authority, and to such as want to know who asks.
@Suite(.timeLimit(.minutes(10))) struct HTTPCertificateTests {
    @Test func anAuthorityThatNobodyKnows() async throws {
        let server = try TLSServer()
        let run = try await TaskBench.http(HTTPArguments(url: server.url))
        #expect(run.error?.hasPrefix("the certificate of 127.0.0.1:\(server.port) is not trusted: ") == true)
    }

    @Test func theAuthorityOfAJob() async throws {
        let server = try TLSServer()
        let trusting = try await TaskBench.http(HTTPArguments(url: server.url, caFile: server.path("ca.pem")))
        #expect(trusting.outcome == .succeeded, "\(trusting.error ?? "")")
        let another = try await TaskBench.http(HTTPArguments(url: server.url, caFile: server.path("other.pem")))
        #expect(another.error?.contains("is not trusted: ") == true)
    }

    @Test func theAuthorityOfTheEnvironment() async throws {
        let server = try TLSServer()
        let json = #"{"url":"\#(server.url)"}"#
        for variables in [
            ["SSL_CERT_FILE": server.path("ca.pem")], ["SSL_CERT_DIR": server.path("folder")],
            ["SSL_CERT_FILE": server.path("ca.pem"), "SSL_CERT_DIR": server.path("nowhere")],
        ] {
            #expect(try await Worker.output(["request", json], variables: variables) == "succeeded\n")
        }
        let unknown = try await Worker.output(["request", json], variables: ["SSL_CERT_FILE": "", "SSL_CERT_DIR": ""])
        #expect(unknown.contains("is not trusted: "))
        let missing = try await Worker.output(["request", json], variables: ["SSL_CERT_FILE": "/no/such/file"])
        #expect(
            missing == "failed: SSL_CERT_FILE of the server's environment: /no/such/file cannot be read: "
                + "No such file or directory\n")
        // A job's own is trusted alone.
        let own = #"{"url":"\#(server.url)","ca_file":"\#(server.path("other.pem"))"}"#
        let refused = try await Worker.output(["request", own], variables: ["SSL_CERT_DIR": server.path("folder")])
        #expect(refused.contains("is not trusted: "))
    }

    @Test func aServerThatAsksWhoTheClientIs() async throws {
        let server = try TLSServer(isAsking: true)
        var arguments = HTTPArguments(url: server.url, caFile: server.path("ca.pem"))
        #expect(try await TaskBench.http(arguments).outcome == .failed)
        arguments.clientCertificate = server.path("both.pem")
        let together = try await TaskBench.http(arguments)
        #expect(together.outcome == .succeeded, "\(together.error ?? "")")
        arguments.clientCertificate = server.path("client.pem")
        arguments.clientKey = server.path("client.key")
        let apart = try await TaskBench.http(arguments)
        #expect(apart.outcome == .succeeded, "\(apart.error ?? "")")
        arguments.clientKey = server.path("server.key")
        let wrong = try await TaskBench.http(arguments)
        #expect(
            wrong.error?.hasPrefix("client_certificate or client_key cannot be used: ") == true, "\(wrong.error ?? "")")
    }

    /// Another server is not told who the client is.
    @Test func aRedirectionToAnotherServer() async throws {
        let server = try TLSServer(isAsking: true)
        let other = try TLSServer(isAsking: true, in: server.folder)
        func run(to target: String) async throws -> Run {
            try await TaskBench.http(
                HTTPArguments(
                    url: server.url + target, caFile: server.path("ca.pem"),
                    clientCertificate: server.path("both.pem")))
        }
        #expect(try await run(to: server.url).outcome == .succeeded)
        let away = try await run(to: other.url)
        #expect(away.outcome == .failed)
        #expect(away.text.contains("redirected to https://127.0.0.1:\(other.port)/"))
    }

    @Test(arguments: ["ca_file", "client_certificate", "client_key"])
    func aFileThatIsNotThere(_ key: String) async throws {
        var arguments = HTTPArguments(url: "https://127.0.0.1:1/", clientCertificate: "/dev/null")
        switch key {
        case "ca_file": arguments.caFile = "/no/such/file"
        case "client_certificate": arguments.clientCertificate = "/no/such/file"
        default: arguments.clientKey = "/no/such/file"
        }
        let run = try await TaskBench.http(arguments)
        #expect(run.error == "\(key): /no/such/file cannot be read: No such file or directory")
    }
}
