/// What can go wrong on a disk, in the store's words.
public enum StoreError: Error, Equatable, Sendable {
    /// The home or a file in it could not be used; says what and why.
    case unusable(String)
}
