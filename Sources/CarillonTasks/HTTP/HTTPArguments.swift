public import CarillonTriggers

/// What the task `http` is to request.
public struct HTTPArguments: Hashable, Sendable {
    /// What a request carries.
    public enum Body: Hashable, Sendable {
        /// A text as it is.
        case text(String)
        /// A value as JSON; its content type is `application/json` unless a header says otherwise.
        case json(JSONValue)
    }

    /// The method; `GET` where nothing is given, or `POST` where there is a body.
    public var method: String?
    /// Where the request goes; a user and a password in it become the header `Authorization`.
    public var url: String
    /// Headers by name.
    public var headers: [String: String]
    /// What the request carries; where it is made because a run has failed, with another method than `GET` and `HEAD`, it
    /// carries the report as JSON unless this says otherwise.
    public var body: Body?
    /// The answers with which the run succeeds; a redirection that is one of them is not followed.
    public var expect: [ExpectedStatus]
    /// The seconds after which the whole of the answer must be there.
    public var timeout: Double
    /// The absolute path of a file of certificates in PEM. Servers are trusted whose certificates these vouch for, and no
    /// others. Where nothing is given, those of the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` are, or the system's.
    public var caFile: String?
    /// The absolute path of a certificate in PEM with which the client shows who it is; servers of another scheme, host or
    /// port, as after a redirection, are not shown it.
    public var clientCertificate: String?
    /// The absolute path of the key of that certificate in PEM, without a password; nothing where the key is in the file of
    /// the certificate.
    public var clientKey: String?

    /// The seconds where nothing is given.
    public static let defaultTimeout = 60.0

    /// Takes what is given; all but the address has defaults.
    public init(
        url: String,
        method: String? = nil,
        headers: [String: String] = [:],
        body: Body? = nil,
        expect: [ExpectedStatus] = [.successful],
        timeout: Double = HTTPArguments.defaultTimeout,
        caFile: String? = nil,
        clientCertificate: String? = nil,
        clientKey: String? = nil
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.expect = expect
        self.timeout = timeout
        self.caFile = caFile
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }
}

/// A status that an answer may have.
public enum ExpectedStatus: Hashable, Sendable, CustomStringConvertible {
    /// This one, from 100 to 599.
    case exactly(Int)
    /// Each of a hundred, from 1 to 5: 2 stands for 200 to 299.
    case hundred(Int)
    /// Any of a range within 100 to 599.
    case range(ClosedRange<Int>)

    /// Any that tells of success.
    public static let successful = ExpectedStatus.hundred(2)

    /// The status, `2xx`, or `200-204`.
    public var description: String {
        switch self {
        case .exactly(let status): "\(status)"
        case .hundred(let hundred): "\(hundred)xx"
        case .range(let range): "\(range.lowerBound)-\(range.upperBound)"
        }
    }

    func covers(_ status: Int) -> Bool {
        switch self {
        case .exactly(let expected): status == expected
        case .hundred(let hundred): status / 100 == hundred
        case .range(let range): range.contains(status)
        }
    }
}
