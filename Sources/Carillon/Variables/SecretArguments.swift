/// Arguments of a task some of whose values are secrets.
///
/// A job of a configuration file can give each of these keys as the path of a file that holds the value, with `_file`
/// after the key: `password_file: /run/secrets/database`. The file is read when the run begins, on the node that runs
/// it. Such a job may also have `environment_file`, a file of variables for `${NAME}` in the other arguments.
public protocol SecretArguments {
    /// The keys of the JSON form whose values are secrets: `password`, `database.password` for a key within another, or
    /// `headers.*` for every key of an object.
    static var secretKeys: Set<String> { get }
}
