import Genome
import Learn

/// Writes the logits of a whole prompt: a safetensors file with the f32 tensor `logits` of shape
/// [prompt length, vocabulary].
struct LogitsFile {
    /// Rows computed before they are written: their logits take some ten megabytes.
    private static let rowsAtOnce = 64

    private let file: NewFile

    /// A new file; an existing one is not written over.
    init(_ path: String) throws(Failure) { file = try NewFile(path) }

    /// Runs the prompt and writes every row; a file that cannot be finished is removed, and so is
    /// one whose writing is cancelled.
    func write(
        _ engine: Engine, _ stack: AdapterStack?, _ prompt: [Int], isCancelled: () -> Bool
    ) throws(Failure) {
        do throws(Failure) {
            guard try rows(engine, stack, prompt, isCancelled) else { return file.discard() }
        } catch {
            file.discard()
            throw error
        }
    }

    /// Whether all rows were written.
    private func rows(
        _ engine: Engine, _ stack: AdapterStack?, _ prompt: [Int], _ isCancelled: () -> Bool
    ) throws(Failure) -> Bool {
        let columns = engine.model.architecture.vocabulary
        let header = TensorHeader.bytes([("logits", "F32", [prompt.count, columns])])
        try file.write(header, at: 0)
        var offset = UInt64(header.count)
        let sequence = try inLearn("starting the prompt") { () throws(LearnError) in
            try engine.makeSequence(capacity: prompt.count, adapters: stack)
        }
        for first in stride(from: 0, to: prompt.count, by: Self.rowsAtOnce) {
            if isCancelled() { return false }
            let tokens = Array(prompt[first..<min(first + Self.rowsAtOnce, prompt.count)])
            let bytes = try inLearn("running the prompt") { () throws(LearnError) in
                try engine.step([Engine.Part(sequence, tokens, wanted: .all)])
                return engine.resultBytes(tokens.count)
            }
            try file.write(bytes, at: offset)
            offset += UInt64(bytes.count)
        }
        return true
    }
}
