#if Web && Configuration
public import CarillonConfiguration

extension RESTOptions {
    /// The options that a configuration has.
    public init(_ configuration: Configuration) {
        let api = configuration.api
        let access: RESTAccess =
            switch api.authentication {
            case nil: .anybody(as: api.local)
            case .basic(let users)?: .basic(users.mapValues(\.value))
            case .bearer(let token)?: .bearer(token.value)
            }
        self.init(access: access, allowedHosts: configuration.allowedHosts, hosts: api.hosts)
    }
}
#endif
