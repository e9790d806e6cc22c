/// A run of bytes of a group that are elements of one tensor.
public struct CodedSegment: Equatable, Sendable {
    /// Where it begins in the group.
    public let offset: Int
    /// Bytes; whole elements.
    public let length: Int
    /// What they are.
    public let type: ElementType
    /// Elements of a row of the tensor; 0 where that is not known. The encoder alone uses it.
    public let columns: Int
    /// Elements of its first row that lie before it. The encoder alone uses it.
    public let phase: Int
    /// Where as many bytes of the parent begin, in the parent's file; nil for no parent.
    public let parent: UInt64?

    /// A run.
    public init(
        offset: Int, length: Int, type: ElementType, columns: Int = 0, phase: Int = 0,
        parent: UInt64? = nil
    ) {
        self.offset = offset
        self.length = length
        self.type = type
        self.columns = columns
        self.phase = phase
        self.parent = parent
    }
}
