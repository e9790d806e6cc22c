/// What this program calls itself.
enum Software {
    /// Version of the program.
    static let version = "0.1.0"
    /// Name and version as peers see it.
    static let name = "plasmid/\(version)"
}
