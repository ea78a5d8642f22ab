import Carillon
import CarillonTasks
import Foundation
import Synchronization
import Testing

/// Servers that do not answer as they should.
@Suite(.timeLimit(.minutes(10))) struct HTTPTroubleTests {
    @Test func noAnswer() async throws {
        let server = try LocalServer { _, connection in connection.waitForEnd() }
        let run = try await TaskBench.http(HTTPArguments(url: server.url(), timeout: 0.5))
        #expect(run.outcome == .failed)
        #expect(run.error == "no answer within 0.5 s")
    }

    @Test func anAnswerWithoutEnd() async throws {
        let server = try LocalServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
            while connection.send(block) {}
        }
        // Long enough for a busy machine to bring the beginning of the answer.
        let run = try await TaskBench.http(HTTPArguments(url: server.url(), timeout: 4))
        #expect(run.outcome == .failed)
        #expect(run.error == "no whole answer within 4 s (status 200)")
        #expect(run.text.hasPrefix("HTTP/1.1 200 OK\nxxx"))
        #expect((50_000...Run.payloadLimit).contains(run.log?.count ?? 0))
    }

    @Test(arguments: [
        ("", "closed the connection without an answer"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "broke off: "),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", "broke off: "),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf", "broke off: "),
        ("no answer at all\r\n\r\n", "failed: "),
        (
            "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
            "redirects to where nothing"
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n",
            "redirects to where nothing"
        ),
    ])
    func halfAnswers(_ text: String, _ error: String) async throws {
        let server = try LocalServer { _, connection in connection.send(text) }
        let run = try await TaskBench.http(HTTPArguments(url: server.url()))
        #expect(run.outcome == .failed)
        #expect(run.error?.contains(error) == true)
        if text.contains("Content-Length: 100") { #expect(run.text == "HTTP/1.1 200 OK\nhalf") }
    }

    @Test func aRedirectionWithoutAnAddress() async throws {
        let server = try LocalServer { _, connection in connection.send(answer("302 Found")) }
        let run = try await TaskBench.http(HTTPArguments(url: server.url()))
        #expect(run.error == "status 302, expected 2xx")
    }

    @Test func cancelling() async throws {
        let hasEnded = Mutex(false)
        let server = try LocalServer { _, connection in
            connection.waitForEnd()
            hasEnded.withLock { $0 = true }
        }
        let run = try await TaskBench.run("http", HTTPArguments(url: server.url())) { bench, run in
            while server.requests.isEmpty { await Task.yield() }
            try await bench.scheduler.cancelRun(run)
        }
        #expect(run.outcome == .cancelled)
        while !hasEnded.withLock({ $0 }) { await Task.yield() }
    }

    @Test func theJobsOwnTimeout() async throws {
        let server = try LocalServer { _, connection in connection.waitForEnd() }
        let run = try await TaskBench.run("http", HTTPArguments(url: server.url()), timeout: .milliseconds(300))
        #expect(run.outcome == .timedOut)
    }

    @Test func redirections() async throws {
        let other = try LocalServer { _, connection in connection.send(answer("200 OK", "there")) }
        let server = try LocalServer { [port = other.port] asked, connection in
            switch asked.path {
            case "/here": connection.send(answer("307 Temporary Redirect", "", ["Location: /second"]))
            case "/second":
                connection.send(answer("303 See Other", "", ["Location: http://127.0.0.1:\(port)/third?token=x"]))
            default: connection.send(answer("301 Moved Permanently", "", ["Location: /round"]))
            }
        }
        let headers = ["Authorization": "Bearer secret", "X-Api-Key": "secret", "Accept": "text/plain"]
        let run = try await TaskBench.http(
            HTTPArguments(url: server.url("/here"), headers: headers, body: .text("body")))
        #expect(run.error == nil)
        #expect(run.text.hasSuffix("redirected to http://127.0.0.1:\(other.port)/third\nHTTP/1.1 200 OK\nthere"))
        let asked = server.requests
        #expect(asked.map(\.method) == ["POST", "POST"])
        #expect(asked.map(\.body) == ["body", "body"])
        #expect(asked.last?.headers["authorization"] == "Bearer secret")
        let last = try #require(other.requests.first)
        #expect(last.method == "GET")
        #expect(last.body == "")
        #expect(last.headers["authorization"] == nil)
        #expect(last.headers["x-api-key"] == nil)
        #expect(last.headers["content-type"] == nil)
        #expect(last.headers["accept"] == "text/plain")
        #expect(last.headers["idempotency-key"] == "\(run.id.occurrence)")
        let round = try await TaskBench.http(HTTPArguments(url: server.url("/round")))
        #expect(round.error == "redirected more than 10 times")
        #expect(server.requests.count == 2 + 11)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "it needs openssl"))
    func aCertificateNobodyKnows() async throws {
        let folder = try TemporaryFolder()
        let make = try await TaskBench.shell(
            ShellArguments(
                command: .line(
                    "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1"
                ),
                workingDirectory: folder.path))
        try #require(make.outcome == .succeeded)
        // The server ends with the command that asks it: both are one group.
        let bench = try await TaskBench()
        let port = try freePort()
        let server = ShellArguments(
            command: .program([
                "openssl", "s_server", "-accept", "\(port)", "-key", "key.pem", "-cert", "cert.pem", "-www",
            ]),
            workingDirectory: folder.path)
        try await bench.scheduler.addJob(id: "server", task: "shell", arguments: server)
        let deadline = ContinuousClock.now + .seconds(300)
        var error = ""
        repeat {
            error = try await TaskBench.http(HTTPArguments(url: "https://127.0.0.1:\(port)/")).error ?? ""
        } while error.hasPrefix("could not connect") && ContinuousClock.now < deadline
        #expect(error.hasPrefix("the certificate of 127.0.0.1:\(port) is not trusted: "))
        await bench.scheduler.shutdown(.cancel)
    }

    /// A port that nothing listened on a moment ago.
    private func freePort() throws -> Int { try LocalServer { _, _ in }.port }
}
