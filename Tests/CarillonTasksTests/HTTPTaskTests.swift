import Carillon
import CarillonTasks
import CarillonTriggers
import Foundation
import Testing

/// Requests and their answers.
@Suite(.timeLimit(.minutes(10))) struct HTTPTaskTests {
    @Test func asksAndKeepsTheAnswer() async throws {
        let server = try LocalServer { _, connection in connection.send(answer("200 Fine", "hello\n")) }
        let run = try await TaskBench.http(HTTPArguments(url: server.url("/path?q=1")))
        #expect(run.outcome == .succeeded)
        #expect(run.error == nil)
        #expect(run.text == "HTTP/1.1 200 Fine\nhello\n")
        #expect(run.resultText == #"{"status":200}"#)
        let asked = try #require(server.requests.first)
        #expect(asked.method == "GET")
        #expect(asked.path == "/path?q=1")
        #expect(asked.headers["idempotency-key"] == "\(run.id.occurrence)")
        #expect(asked.headers["user-agent"] == "Carillon")
        #expect(asked.headers["authorization"] == nil)
        #expect(server.requests.count == 1)
    }

    @Test func methodsHeadersAndBodies() async throws {
        let server = try LocalServer { _, connection in connection.send(answer("204 No Content")) }
        let value = try JSONDecoder().decode(
            JSONValue.self, from: Data(#"{"b": {"d": 1, "c": 2}, "a": [1, 2.5, null, "ü"]}"#.utf8))
        let requests: [HTTPArguments] = [
            HTTPArguments(url: server.url(), body: .text("text")),
            HTTPArguments(url: server.url(), body: .text("")),
            HTTPArguments(url: server.url(), method: "PUT", body: .json(value)),
            HTTPArguments(
                url: server.url(), method: "DELETE",
                headers: ["idempotency-key": "mine", "X-Empty": "", "USER-AGENT": "me", "X-Ü".filter(\.isASCII): "ü"]),
            HTTPArguments(url: server.url(), headers: ["content-type": "text/csv"], body: .text("a,b")),
            HTTPArguments(url: server.url(), method: "HEAD"),
        ]
        for request in requests { #expect(try await TaskBench.http(request).outcome == .succeeded) }
        let asked = server.requests
        try #require(asked.count == requests.count)
        #expect(asked.map(\.method) == ["POST", "POST", "PUT", "DELETE", "POST", "HEAD"])
        #expect(asked[0].body == "text")
        #expect(asked[0].headers["content-type"] == "text/plain; charset=utf-8")
        #expect(asked[1].headers["content-length"] == "0")
        #expect(asked[2].body == #"{"a":[1,2.5,null,"ü"],"b":{"c":2,"d":1}}"#)
        #expect(asked[2].headers["content-type"] == "application/json")
        #expect(asked[3].headers["idempotency-key"] == "mine")
        #expect(asked[3].headers["x-empty"] == "")
        #expect(asked[3].headers["user-agent"] == "me")
        #expect(asked[3].body == "")
        #expect(asked[4].headers["content-type"] == "text/csv")
    }

    @Test(arguments: [
        ("500 Internal Server Error", [ExpectedStatus.successful], "status 500, expected 2xx"),
        ("404 Not Found", [.exactly(200), .hundred(3)], "status 404, expected 200, 3xx"),
        ("200 OK", [.exactly(204)], "status 200, expected 204"),
        ("202 Accepted", [.range(200...201)], "status 202, expected 200-201"),
        ("202 Accepted", [.range(200...204)], nil),
        ("404 Not Found", [.exactly(200), .hundred(4)], nil),
        ("302 Found", [.exactly(302)], nil),
    ])
    func expectations(_ status: String, _ expected: [ExpectedStatus], _ error: String?) async throws {
        let server = try LocalServer { _, connection in
            connection.send(answer(status, "why", ["Location: /elsewhere"]))
        }
        let run = try await TaskBench.http(HTTPArguments(url: server.url(), expect: expected))
        #expect(run.outcome == (error == nil ? .succeeded : .failed))
        #expect(run.error == error)
        #expect(run.text == "HTTP/1.1 \(status)\nwhy")
        #expect(server.requests.count == 1)
    }

    /// The end of a long body is kept, below the status.
    @Test func aLongAnswer() async throws {
        let server = try LocalServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            let block = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            for _ in 0..<64 { connection.send(block) }
            connection.send("the end")
        }
        let run = try await TaskBench.http(HTTPArguments(url: server.url()))
        #expect(run.outcome == .succeeded)
        #expect(run.text.hasPrefix("HTTP/1.1 200 OK\nxxx"))
        #expect(run.text.hasSuffix("xxxthe end"))
        #expect((50_000...Run.payloadLimit).contains(run.log?.count ?? 0))
    }

    /// Answers of a kind that a client has been seen to stumble over.
    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: a\r\n\r\n",
            "HTTP/1.1 200 OK\nok"
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\nok"
        ),
        ("HTTP/1.1 200 \u{7}\u{1B}[31m\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 [31m\nok"),
        ("HTTP/1.0 200 OK\r\n\r\nok", "HTTP/1.0 200 OK\nok"),
    ])
    func unusualAnswers(_ text: String, _ log: String) async throws {
        let server = try LocalServer { _, connection in connection.send(text) }
        let run = try await TaskBench.http(HTTPArguments(url: server.url()))
        #expect(run.error == nil)
        #expect(run.text == log)
    }

    @Test func passwordsAreNotTold() async throws {
        let server = try LocalServer { _, connection in connection.send(answer("401 Unauthorized", "no")) }
        let refused = try await TaskBench.http(HTTPArguments(url: server.url(credentials: "me:p%40ss@")))
        #expect(server.requests.first?.headers["authorization"] == "Basic bWU6cEBzcw==")
        #expect(refused.error == "status 401, expected 2xx")
        #expect(!refused.text.contains("ss"))
        let closed = try await TaskBench.http(HTTPArguments(url: "http://me:geheim@127.0.0.1:1/?token=geheim"))
        #expect(closed.error == "could not connect to 127.0.0.1:1: Connection refused")
        #expect(closed.log == nil)
        let text = try await TaskBench.refusal("http", #"{"url": "http//me:geheim@x"}"#)
        #expect(text.contains("'url' "))
        #expect(!text.contains("geheim"))
    }
}
