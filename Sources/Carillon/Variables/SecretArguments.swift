/// Arguments of a task some of whose values are secrets.
///
/// In the jobs of a configuration file each of these keys can be given as the path of a file that has the value, with
/// `_file` behind the key: `password_file: /run/secrets/database`. The file is read when the run begins, on the node that
/// runs it. Such jobs may also have `environment_file`, a file of variables for `${NAME}` in the other arguments.
public protocol SecretArguments {
    /// The keys of the JSON form whose values are secrets: `password`, `database.password` for one within another, or
    /// `headers.*` for every key of an object.
    static var secretKeys: Set<String> { get }
}
