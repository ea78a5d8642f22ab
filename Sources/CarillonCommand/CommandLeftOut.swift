#if !Command
import Foundation

/// What the executable is where the trait `Command` is off: nobody who uses the library alone has to fetch what the command
/// needs.
@main
struct CommandLeftOut {
    static func main() {
        FileHandle.standardError.write(
            Data("carillon: built without the trait 'Command'; build it with 'swift build --traits Command'\n".utf8))
        exit(EX_UNAVAILABLE)
    }
}
#endif
