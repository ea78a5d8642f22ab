#if Command
import Foundation

/// Standard input, output and error.
enum StandardStreams {
    /// Puts `/dev/null` in the place of those that whoever started the process has closed: the next file to be opened, a
    /// database for one, would be taken for them.
    ///
    /// - Parameter isServer: Whether what is written there is dropped, as a server runs on without it; writing fails
    ///   otherwise, since a command that nobody can read has failed.
    static func openMissing(isServer: Bool) {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is taken, which is this one.
            _ = open("/dev/null", descriptor > 0 && isServer ? O_WRONLY : O_RDONLY)
        }
    }
}
#endif
