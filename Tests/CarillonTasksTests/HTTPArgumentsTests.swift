import CarillonTasks
import CarillonTriggers
import Foundation
import Testing

/// The arguments of requests as JSON.
@Suite(.timeLimit(.minutes(10))) struct HTTPArgumentsTests {
    @Test(arguments: [
        (#"{"uri": "http://x"}"#, "'uri' is not a key here; did you mean 'url'?"),
        (#"{}"#, "'url' is missing"),
        (#"{"url": 1}"#, "'url' must be a string, not the number 1"),
        (#"{"url": ""}"#, "'url' is no address"),
        (#"{"url": "example.org"}"#, "'url' is no address such as https://example.org/path"),
        (#"{"url": "ftp://x"}"#, "'url' must begin with http:// or https://; 'ftp' cannot be requested"),
        (#"{"url": "file:///etc/passwd"}"#, "'url' must begin with http:// or https://"),
        (#"{"url": "http://"}"#, "'url' names no host"),
        (#"{"url": "http:///path"}"#, "'url' names no host"),
        (#"{"url": "http://x:0/"}"#, "'url' has a port that is not in 1...65535"),
        (#"{"url": "http://x:65536/"}"#, "'url' has a port that is not in 1...65535"),
        (#"{"url": "http://x/a b"}"#, "'url' has a blank or a control character in it"),
        (#"{"url": "http://x/\r\nHost: y"}"#, "'url' has a blank or a control character in it"),
        (#"{"url": "http://x", "method": "G T"}"#, "'method' must be the name of a method"),
        (#"{"url": "http://x", "method": ""}"#, "'method' must be the name of a method"),
        (#"{"url": "http://x", "method": "GET", "body": "b"}"#, "'method' must be another than GET and HEAD"),
        (#"{"url": "http://x", "headers": {"A B": "c"}}"#, "'headers' has a name that no header can have: 'A B'"),
        (#"{"url": "http://x", "headers": {"A": "b\r\nC: d"}}"#, "'headers.A' has a control character in it"),
        (#"{"url": "http://x", "headers": {"A": 1}}"#, "'headers.A' must be a string, not the number 1"),
        (#"{"url": "http://x", "headers": []}"#, "'headers' must be an object of strings, not an array"),
        (#"{"url": "http://x", "body": {}}"#, "'body' must be a string, not an object"),
        (#"{"url": "http://x", "body": "", "json": 1}"#, "'json' cannot stand beside 'body'"),
        (#"{"url": "http://x", "expect": 99}"#, "'expect' must be a status from 100 to 599"),
        (#"{"url": "http://x", "expect": "6xx"}"#, "'expect' must be a status from 100 to 599"),
        (#"{"url": "http://x", "expect": [200, true]}"#, "'expect' must be a status from 100 to 599"),
        (#"{"url": "http://x", "expect": []}"#, "'expect' is an empty list"),
        (#"{"url": "http://x", "timeout": 0}"#, "'timeout' must be a number of seconds"),
        (#"{"url": "http://x", "timeout": "5"}"#, "'timeout' must be a number of seconds"),
        (#"{"url": "http://x", "ca_file": "ca.pem"}"#, "'ca_file' must be an absolute path, which begins with '/'"),
        (#"{"url": "http://x", "client_certificate": 1}"#, "'client_certificate' must be a string, not the number 1"),
        (
            #"{"url": "http://x", "client_key": "/k"}"#,
            "'client_key' is the key of 'client_certificate', which is missing"
        ),
    ])
    func refused(_ json: String, _ problem: String) async throws {
        let error = try await TaskBench.refusal("http", json)
        #expect(error.contains(problem))
        #expect(error.contains("task 'http'"))
    }

    @Test func everyKey() throws {
        let json = """
            {"url": "https://example.org/", "method": "PATCH", "headers": {"A": "b"}, "json": [1], "timeout": 2.5,
            "expect": [200, "3xx"], "ca_file": "/ca.pem", "client_certificate": "/c.pem", "client_key": "/c.key"}
            """
        let arguments = try JSONDecoder().decode(HTTPArguments.self, from: Data(json.utf8))
        let expected = HTTPArguments(
            url: "https://example.org/", method: "PATCH", headers: ["A": "b"], body: .json(.array([.integer(1)])),
            expect: [.exactly(200), .hundred(3)], timeout: 2.5, caFile: "/ca.pem", clientCertificate: "/c.pem",
            clientKey: "/c.key")
        #expect(arguments == expected)
        #expect(try JSONDecoder().decode(HTTPArguments.self, from: JSONEncoder().encode(expected)) == expected)
    }
}
