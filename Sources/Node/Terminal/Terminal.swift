import Host

/// What stands behind an output: a person's terminal, or a pipe or file.
struct Terminal {
    /// Whether a person sees it.
    let isTerminal: Bool
    /// How wide it is.
    let columns: Int

    /// Width where none can be told.
    static let columnsDefault = 80

    /// The output of that descriptor: 1 for results, 2 for messages.
    init(descriptor: Int32) {
        isTerminal = Machine.isTerminal(descriptor)
        let told = isTerminal ? Machine.terminalColumns(of: descriptor) : nil
        columns = told.flatMap { $0 >= 20 ? $0 : nil } ?? Self.columnsDefault
    }

    /// An output of these properties, for tests.
    init(isTerminal: Bool, columns: Int) {
        self.isTerminal = isTerminal
        self.columns = columns
    }
}
