#if MySQL
internal import CMySQL

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The client library, which is made ready once for the process: that is not safe on several threads at a time.
package enum MySQLLibrary {
    /// Whether it is ready; the first call makes it so.
    package static let isReady: Bool = {
        // The library makes the whole process ignore SIGPIPE, which is not its business.
        var action = sigaction()
        let isKnown = sigaction(SIGPIPE, nil, &action) == 0
        let isReady = mysql_server_init(0, nil, nil) == 0
        if isKnown { sigaction(SIGPIPE, &action, nil) }
        return isReady
    }()
}
#endif
