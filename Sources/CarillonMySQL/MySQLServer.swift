#if MySQL
internal import Carillon
internal import Foundation

/// A server and a database, as connections need them.
struct MySQLServer: Sendable {
    let address: MySQLAddress
    /// The store, in an error.
    let place: String

    init(_ address: MySQLAddress) {
        self.address = address
        place = "the job store \(address)"
    }

    /// Returns what the address, its files and the environment say. Files are read for each connection, because a password
    /// may change.
    func options() throws(MySQLFailure) -> MySQLOptions {
        var options = address.options
        if let file = address.passwordFile, options.password == nil {
            // An editor ends the line.
            let text = try Self.text(of: file)
            options.password = text.hasSuffix("\n") ? String(text.dropLast()) : text
        }
        var file = address.optionFile
        if file == nil {
            let usual = FileManager.default.homeDirectoryForCurrentUser.path + "/.my.cnf"
            if FileManager.default.isReadableFile(atPath: usual) { file = usual }
        }
        if let file {
            let text = try Self.text(of: file)
            do throws(MySQLOptions.Refusal) {
                options.fill(from: try MySQLOptionFile(text).options)
            } catch {
                throw MySQLFailure(.unsuitable, "the option file \(file) \(error.reason)")
            }
        }
        if options.password == nil { options.password = ProcessInfo.processInfo.environment["MYSQL_PWD"] }
        return options
    }

    private static func text(of file: String) throws(MySQLFailure) -> String {
        let path = file.hasPrefix("~/") ? FileManager.default.homeDirectoryForCurrentUser.path + file.dropFirst() : file
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MySQLFailure(.unsuitable, "the file \(file) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
#endif
