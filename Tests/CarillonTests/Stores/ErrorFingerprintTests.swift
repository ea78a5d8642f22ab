import Carillon
import Testing

@Suite("Fingerprints of errors")
struct ErrorFingerprintTests {
    /// Forty kinds of error, each in words that differ from run to run: one group a kind.
    private static let corpus: [[String]] = [
        [
            "cannot read /var/spool/4711.csv: No such file or directory",
            "cannot read /tmp/x.csv: No such file or directory",
            "cannot read ~/in/äb.csv: No such file or directory",
            "cannot read ./x: No such file or directory", "cannot read ../up/x.tar.gz: No such file or directory",
        ],
        [
            "cannot write '/tmp/a b.txt': disk full", "cannot write '/srv/data/x': disk full",
            "cannot write '/srv/My Files/x y z': disk full", "cannot write '~/x': disk full",
            "cannot write './out 1': disk full",
        ],
        [
            "the command ended with exit code 1", "the command ended with exit code 127",
            "the command ended with exit code -1",
            "the command ended with exit code 0", "the  command ended with exit code 255 ",
        ],
        [
            "killed by signal 9", "killed by signal 15", "killed by signal 11", "killed by signal 6",
            "killed by signal 2",
        ],
        [
            "connection to 10.0.0.1:5432 refused", "connection to 192.168.7.250:80 refused",
            "connection to [::1]:5432 refused", "connection to fe80::1 refused", "connection to 127.0.0.1 refused",
        ],
        [
            "GET https://example.com/a/b?c=1 answered 500", "GET http://localhost:8080/ answered 404",
            "GET https://x.org answered 502", "GET https://a.b/c#d answered 500", "GET ftp://h/f.txt answered 1",
        ],
        [
            "timed out after 30s", "timed out after 1.5s", "timed out after 250ms", "timed out after 10min",
            "timed out after 90",
        ],
        [
            "order 4711 was not found", "order 1 was not found", "order 99,123 was not found", "order 17 was not found",
            "order 12.5 was not found",
        ],
        [
            "session 550e8400-e29b-41d4-a716-446655440000 expired",
            "session 0191f0a2-7c3b-7def-8123-456789abcdef expired",
            "session 7d9f8b6c5x2x4z expired", "session a1b2c3 expired", "session 00ff17aa expired",
        ],
        [
            "pod worker-7d9f8b6c5-x2x4z was evicted", "pod api-5f6d7c8b9-k8s7q was evicted",
            "pod db-0a1-b2c3 was evicted", "pod x1-y2 was evicted", "pod job-28391040-4x7zq was evicted",
        ],
        [
            "since 2026-11-29T03:04:05Z nothing came", "since 2025-01-01T00:00:00.123+08:00 nothing came",
            "since 2026-11-29 03:04:05 nothing came", "since 2026-11-29 nothing came",
            "since 03:04:05.678 nothing came",
        ],
        [
            "segmentation fault at 0x7ffee3", "segmentation fault at 0x0", "segmentation fault at 0xDEADBEEF",
            "segmentation fault at 0x1", "segmentation fault at 0x7f00aa11bb22",
        ],
        [
            "user ann@example.com has no mailbox", "user bob.b@x.org has no mailbox", "user eve@y.net has no mailbox",
            "user a+b@c.de has no mailbox", "user 17@x.y has no mailbox",
        ],
        [
            "worker-3 did not answer", "worker-17 did not answer", "worker-0 did not answer",
            "worker-100 did not answer",
            "worker-8 did not answer",
        ],
        [
            "allocation of 512MiB failed", "allocation of 2GiB failed", "allocation of 65536 failed",
            "allocation of 1.5GB failed", "allocation of 10kB failed",
        ],
        [
            "main.swift:12:5: fatal error", "main.swift:120:17: fatal error", "main.swift:1:1: fatal error",
            "main.swift:9999:80: fatal error", "main.swift:33:2: fatal error",
        ],
        [
            "retry=3 delay=10 gave up", "retry=1 delay=0 gave up", "retry=10 delay=3600 gave up",
            "retry=2 delay=7 gave up",
            "retry=5 delay=99 gave up",
        ],
        [
            "file=/tmp/a line=3 is wrong", "file=/var/b line=17 is wrong", "file=./c line=1 is wrong",
            "file=/x/y/z.txt line=0 is wrong", "file=~/q line=5 is wrong",
        ],
        [
            "expected 3 columns but found 5", "expected 10 columns but found 1", "expected 7 columns but found 8",
            "expected 1 columns but found 0", "expected 99 columns but found 98",
        ],
        [
            "duplicate key (id)=(17)", "duplicate key (id)=(4711)", "duplicate key (id)=(1)",
            "duplicate key (id)=(200)",
            "duplicate key (id)=(9)",
        ],
        [
            "\n\n  first line that counts 1\nsecond", "first line that counts 2",
            "first line that counts 3\r\nmore /tmp/x",
            "   first   line that counts 4", "first line that counts 5\n\n\n",
        ],
        [
            "backup of 3 tables took 10s, limit is 5s", "backup of 7 tables took 1min, limit is 30s",
            "backup of 1 tables took 2h, limit is 1h", "backup of 3 tables took 10.5s, limit is 5s",
            "backup of 12 tables took 100ms, limit is 50ms",
        ],
        [
            "HTTP status 503 from upstream", "HTTP status 504 from upstream", "HTTP status 500 from upstream",
            "HTTP status 429 from upstream", "HTTP status 200 from upstream",
        ],
        [
            "Fehler 17: Datei nicht gefunden", "Fehler 3: Datei nicht gefunden", "Fehler 0: Datei nicht gefunden",
            "Fehler 404: Datei nicht gefunden", "Fehler 1.2: Datei nicht gefunden",
        ],
        [
            "文件 17 不存在", "文件 4711 不存在", "文件 1 不存在", "文件 0 不存在", "文件 99 不存在",
        ],
        [
            "at 2026/11/29 the gate closed", "at 2025/01/01 the gate closed", "at 03:04 the gate closed",
            "at 23:59:59 the gate closed", "at 2026-11-29T03:04:05+00:00 the gate closed",
        ],
        [
            "C:\\data\\x.txt is locked", "D:\\y is locked", "C:\\Users\\ann\\z.doc is locked", "E:\\1 is locked",
            "Z:\\a\\b\\c is locked",
        ],
        [
            "src/main.py is not formatted", "lib/a/b.rb is not formatted", "x/y/z is not formatted",
            "tests/test_1.py is not formatted", "a/b.c is not formatted",
        ],
        ["out of memory", "out  of memory", " out of memory", "out of memory\n", "out\tof memory"],
        ["no such user", "no such user\nann", "no such user\nbob", "no such user ", "no  such user"],
        ["no such group", "no such group\n1", "no such group\n2", "no such  group", "\nno such group"],
        ["permission denied", "permission denied\n", "permission  denied", " permission denied", "permission\tdenied"],
        [
            "error in utf8 text", "error in utf16 text", "error in utf32 text", "error in utf7 text",
            "error in utf1 text",
        ],
        [
            "error in latin text", "error in  latin text", "error in latin text\n", " error in latin text",
            "error in latin text \nx",
        ],
        ["step 1/5 failed", "step 2/5 failed", "step 5/5 failed", "step 3/12 failed", "step 10/20 failed"],
        [
            "lease of node-ab12cd34 expired", "lease of node-00aa11bb expired", "lease of n1-2 expired",
            "lease of q9w8 expired", "lease of 1a2b expired",
        ],
        ["queue depth 10 > 5", "queue depth 100 > 99", "queue depth 7 > 3", "queue depth 12 > 1", "queue depth 6 > 5"],
        ["-3 is below zero", "-17 is below zero", "-1 is below zero", "-99 is below zero", "5 is below zero"],
        [
            "rate of 95% missed", "rate of 5% missed", "rate of 99.9% missed", "rate of 0% missed",
            "rate of 100% missed",
        ],
        [
            "disk '/dev/sda1' is at 91%", "disk '/dev/nvme0n1p2' is at 99%", "disk '/mnt/x y' is at 80%",
            "disk '/a' is at 9%",
            "disk '/home' is at 100%",
        ],
    ]

    @Test("200 messages are in 40 groups, one for each kind")
    func groups() {
        #expect(Self.corpus.count == 40)
        #expect(Self.corpus.allSatisfy { $0.count == 5 })
        var kinds: [ErrorFingerprint: Int] = [:]
        for (kind, messages) in Self.corpus.enumerated() {
            let patterns = Set(messages.map { ErrorFingerprint.pattern(of: $0) })
            #expect(patterns.count == 1, "\(patterns)")
            for message in messages {
                let fingerprint = ErrorFingerprint(.failed, message)
                let known = kinds.updateValue(kind, forKey: fingerprint)
                #expect(known == nil || known == kind, "\(message) is of another kind, too")
            }
        }
        #expect(kinds.count == 40)
    }

    @Test(
        "Patterns say what was taken out",
        arguments: [
            ("cannot read /var/x: No such file", "cannot read <path>: No such file"),
            ("order 4711 of ann@example.com", "order <n> of <address>"),
            ("GET https://x.org/a?b=1 failed", "GET <url> failed"),
            ("worker-3: 10.0.0.1:80 is down", "worker-<n>: <address> is down"),
            ("since 2026-11-29 03:04:05, pod a1-b2 is gone", "since <time>, pod <id> is gone"),
            ("took 1.5s of 30s", "took <n> of <n>"),
            ("", ""), ("  \n \n", ""), ("plain words stay, Upper and lower", "plain words stay, Upper and lower"),
            ("= : ; ()", "= : ; ()"), ("a=", "a="), ("'", "'"), ("'/", "'/"), ("1", "<n>"),
        ])
    func pattern(error: String, pattern: String) {
        #expect(ErrorFingerprint.pattern(of: error) == pattern)
    }

    @Test("A pattern is short, and any text has one")
    func limits() {
        #expect(ErrorFingerprint.pattern(of: String(repeating: "ä", count: 5000)).utf8.count == 1000)
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("ab1/.:='\"~@-_ 0x\\\u{301}é")
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                text.append(alphabet.randomElement(using: &generator) ?? "a")
            }
            _ = ErrorFingerprint.pattern(of: text)
        }
    }

    @Test("A fingerprint is the same on every machine, and is read back from its text")
    func text() {
        let fingerprint = ErrorFingerprint(.failed, "order 17 was not found")
        #expect(fingerprint.description == "7fddff9b01861eb9")
        #expect(ErrorFingerprint(fingerprint.description) == fingerprint)
        #expect(ErrorFingerprint("0000000000000001")?.description == "0000000000000001")
        for text in ["", "1", "+000000000000001", "g000000000000000", "00000000000000001"] {
            #expect(ErrorFingerprint(text) == nil)
        }
        #expect(ErrorFingerprint(.timedOut, "order 17 was not found") != fingerprint)
    }
}
