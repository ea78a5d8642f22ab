extension Zone {
    /// How people call the zone: `Berlin time`, `UTC`, `local time`.
    public var spokenName: String {
        if identifier == "UTC" || identifier == "Etc/UTC" { return "UTC" }
        let place = identifier.split(separator: "/").last.map(String.init) ?? identifier
        let isPlace = identifier.contains("/") && !identifier.hasPrefix("Etc/")
        return (isPlace ? place.replacing("_", with: " ") : identifier) + " time"
    }
}
