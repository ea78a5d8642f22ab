import Foundation
import Testing

/// Requests through a proxy that the server's environment names.
@Suite(.timeLimit(.minutes(10))) struct HTTPProxyTests {
    /// A port of this machine where nobody listens.
    private static func closedPort() throws -> Int { try LocalServer { _, _ in }.port }

    private static func request(_ url: String, timeout: Double = 60, _ variables: [String: String]) async throws
        -> String
    {
        // Those of the machine are none of the test's.
        var all = [
            "http_proxy": "", "https_proxy": "", "HTTPS_PROXY": "", "all_proxy": "", "ALL_PROXY": "", "no_proxy": "",
        ]
        all.merge(variables) { $1 }
        let output = try await Worker.output(["request", #"{"url":"\#(url)","timeout":\#(timeout)}"#], variables: all)
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(arguments: [
        ("http_proxy", "http"), ("https_proxy", "https"), ("HTTPS_PROXY", "https"), ("all_proxy", "http"),
    ])
    func aProxyThatDoesNotListen(_ variable: String, _ scheme: String) async throws {
        let port = try Self.closedPort()
        let said = try await Self.request(
            "\(scheme)://example.invalid/", [variable: "http://somebody:secret@127.0.0.1:\(port)/"])
        #expect(
            said == "failed: could not connect to the proxy 127.0.0.1:\(port) (of the server's \(variable)), "
                + "which was to lead to example.invalid: Connection refused")
    }

    @Test func aProxyThatDoesNotExist() async throws {
        let said = try await Self.request("http://127.0.0.1:1/", ["http_proxy": "no-such-proxy.invalid:3128"])
        #expect(
            said == "failed: no such host: that of the proxy no-such-proxy.invalid:3128 (of the server's http_proxy), "
                + "which was to lead to 127.0.0.1:1")
    }

    @Test func aProxyThatRefuses() async throws {
        let proxy = try LocalServer { _, connection in connection.send(answer("502 Bad Gateway")) }
        let said = try await Self.request("https://example.invalid/", ["https_proxy": "127.0.0.1:\(proxy.port)"])
        #expect(
            said.hasPrefix(
                "failed: the proxy 127.0.0.1:\(proxy.port) (of the server's https_proxy) did not lead to example.invalid: "
            ))
        #expect(said.contains("502"))
        #expect(proxy.requests.first?.method == "CONNECT")
    }

    @Test func aProxyThatSaysNothing() async throws {
        let proxy = try LocalServer { _, connection in connection.waitForEnd() }
        let said = try await Self.request(
            "http://example.invalid/", timeout: 0.5, ["http_proxy": "127.0.0.1:\(proxy.port)"])
        #expect(
            said
                == "failed: no answer within 0.5 s through the proxy 127.0.0.1:\(proxy.port) (of the server's http_proxy)"
        )
    }

    @Test func aProxyThatIsNotForTheTarget() async throws {
        let (proxy, target) = (try Self.closedPort(), try Self.closedPort())
        let said = try await Self.request(
            "http://127.0.0.1:\(target)/", ["http_proxy": "127.0.0.1:\(proxy)", "no_proxy": "127.0.0.1"])
        #expect(said == "failed: could not connect to 127.0.0.1:\(target): Connection refused")
    }

    @Test func aProxyThatAnswers() async throws {
        let proxy = try LocalServer { _, connection in connection.send(answer("200 OK", "through")) }
        let said = try await Self.request("http://example.invalid/", ["http_proxy": "127.0.0.1:\(proxy.port)"])
        #expect(said == "succeeded")
    }
}
